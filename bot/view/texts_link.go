package view

import "github.com/spoolbot/spoolbot/occupation"

// This file has the words about who is who: a person claims a name, a supervisor
// decides.

// explainLink explains the errors about that; ok is false for all others.
func explainLink(e *occupation.Error, holder string) (w words, ok bool) {
	whose := "esa ficha"
	if holder != "" {
		whose = "la ficha de " + holder
	}
	switch e.Reason {
	case occupation.ClaimGone:
		w = words{
			head: "ese pedido ya no está pendiente", detail: "alguien lo respondió, o pasó el plazo",
			next: nothingChanged + " Si hace falta, esa persona puede elegir su nombre otra vez.",
		}
	case occupation.NameTaken:
		w = words{head: whose + " ya es de otra cuenta de Slack", next: nothingChanged + " Si está mal, un supervisor lo cambia con /vincular."}
	case occupation.AccountTaken:
		w = words{head: "esa cuenta de Slack ya es de " + orSomebody(holder), next: nothingChanged + " Si está mal, un supervisor lo cambia con /vincular."}
	case occupation.NoName:
		w = words{head: whose + " no está activa", detail: "o ya no está en la pestaña Trabajadores", next: nothingChanged + " Pide a la oficina que la revise."}
	case occupation.LinkChanged:
		w = words{head: "eso ya cambió", detail: whose + " ahora es de otra cuenta, o de ninguna", next: nothingChanged + " Mira cómo está ahora con /vincular."}
	case occupation.OwnLink:
		w = words{head: "tu propia ficha la cambia otra persona", next: nothingChanged + " Pídeselo a otro supervisor, o a la oficina."}
	default:
		return words{}, false
	}
	return w, true
}

// Buttons.
const (
	labelChoose        = "Elegir mi nombre"
	labelChooseOther   = "Elegir otro nombre"
	labelApprove       = "Aprobar"
	labelReject        = "Rechazar"
	labelLink          = "Ver su ficha"
	labelPeople        = "Vincular personas"
	labelChooseName    = "Elegir su nombre"
	labelChooseAccount = "Elegir cuenta"
	labelChangeAccount = "Cambiar cuenta"
	labelRemoveLink    = "Quitar"
)

// For the person.
const (
	linkUnknown   = "todavía no sé quién eres"
	linkNotSent   = "No pude avisar a los supervisores."
	lineLater     = "No se cambió nada. Prueba en un minuto."
	lineTellYou   = "Te aviso aquí apenas un supervisor conteste."
	lineAnother   = "¿No eres tú? Elige otro nombre."
	lineWrongName = "Si ese no eres tú, avisa a tu supervisor."
)

var linkSteps = []string{
	"1. Toca Elegir mi nombre y búscate en la lista.",
	"2. Un supervisor lo aprueba.",
	"3. Te aviso aquí, y ya puedes tomar spools.",
}

// firstSteps are the first help of somebody who was linked a moment ago.
var firstSteps = []string{
	"1. *Tomar*: escribe /tomar y una parte del TAG, o toca Buscar spools.",
	"2. *Pausar* o *Completar*: con los botones que quedan bajo tu spool.",
	"3. *+1 h*: te aviso antes de que venza; tócalo si sigues.",
}

func linkAsked(who string) string   { return "Pedí que aprueben que eres " + who + "." }
func linkPending(who string) string { return "Falta que un supervisor apruebe que eres " + who + "." }
func linkKnown(who string) string   { return "Ya sé quién eres: " + who + "." }
func linkWelcome(who string) string { return "Listo, ya sé quién eres: " + who + "." }
func linkBy(boss string) string     { return "Lo aprobó " + boss + ". Así se empieza." }
func linkDenied(who string) string  { return "No aprobaron que eres " + who + "." }

func linkDeniedBy(boss string) string { return "Lo decidió " + boss + "." }

func linkUnanswered(who string) string { return "Nadie respondió a tiempo si eres " + who + "." }

const lineAskAgain = "Habla con un supervisor y elige tu nombre otra vez."

func linkUnbound(who string) string { return "Tu cuenta de Slack ya no es de " + who + "." }

func linkUnboundBy(boss string) string {
	return "Lo cambió " + boss + ". Si no corresponde, habla con esa persona."
}

func linkStillHolds(who string) string {
	return "Lo que tengas tomado sigue a nombre de " + who + " hasta que venza."
}

// For supervisors.
const (
	lineApproveIf   = "Aprueba solo si sabes que es esa persona: queda anotado en la planilla."
	lineInactive    = "Su ficha está inactiva: no puede tomar spools."
	lineTellThem    = "Puede elegir su nombre aquí mismo, o lo eliges tú."
	lineSearchAgain = "Busca con una parte del nombre o del apellido."
	lineHowToLink   = "Para ver o cambiar quién es alguien: /vincular @persona, o búscalo por su nombre."
	linkWhich       = "¿De quién es la ficha?"
)

func linkSays(who, worker string) string { return who + " dice ser " + worker }

func linkRivals(who string) string {
	return "También lo pide " + who + ": si apruebas a una persona, a las demás les digo que no."
}

func linkWaits(until string) string { return prefix("Espera respuesta ", until) + "." }

func claimOver(end ClaimEnd, who, worker, boss, moment string) words {
	switch end {
	case ClaimApproved:
		return words{head: who + " es " + worker, detail: "Lo aprobó " + boss + " a las " + moment + "."}
	case ClaimRefused:
		return words{head: who + " no es " + worker, detail: "Lo rechazó " + boss + " a las " + moment + "."}
	case ClaimLost:
		return words{head: who + " no es " + worker, detail: boss + " aprobó a otra persona a las " + moment + "."}
	case ClaimExpired:
		return words{head: "Nadie respondió si " + who + " es " + worker, detail: "El pedido se cerró a las " + moment + ". Puede pedirlo de nuevo."}
	default:
		return words{head: who + " ya no dice ser " + worker, detail: "Eligió otro nombre."}
	}
}

func linkNotOpen(who string) string { return "El pedido de " + who + " ya no está pendiente" }

// linkedTo is whose account a worker's is.
func linkedTo(worker, account string) string {
	if account == "" {
		return join(": ", worker, "sin cuenta de Slack")
	}
	return join(": ", worker, account)
}

func accountLine(account string) string {
	if account == "" {
		return "Cuenta de Slack: ninguna."
	}
	return "Cuenta de Slack: " + account
}

func linkNote(n LinkNote) string {
	switch n {
	case LinkSet:
		return "Quedó anotado en la planilla, y ya se lo dije."
	case LinkRemoved:
		return "Quitado. Esa persona ya no puede tomar spools."
	case LinkStale:
		return "Ese botón era de antes. No se cambió nada: así está ahora."
	default:
		return ""
	}
}

func workRoles(w occupation.Worker) string {
	var roles []string
	for _, r := range w.Roles {
		roles = append(roles, escape(string(r), maxName))
	}
	if len(roles) == 0 {
		return "Sin rol en la pestaña Roles."
	}
	return "Rol: " + join(", ", roles...) + "."
}

// lineOwnAccount is what to do about an account that is not served.
const lineOwnAccount = " Elige la cuenta que esa persona tiene en este Slack."

func linkNobody(who string) string { return who + " todavía no tiene ficha" }
func linkNotServed(who string) string {
	return "La cuenta de " + who + " es de invitado, de otra empresa o de un bot"
}
func linkNoneFound(query string) string { return "No encontré a nadie con «" + query + "»" }
func removeText(who string) string {
	return who + " deja de tener cuenta, y esa persona ya no puede tomar spools."
}
func linkWhoIs(who string) string   { return "¿Quién es " + who + "?" }
func linkRejects(who string) string { return who + " podrá elegir otro nombre." }

const removeTitle = "¿Quitar?"

func linkOpen(n int) string {
	if n == 0 {
		return "Nadie espera que lo aprueben"
	}
	return count(n, "persona espera que la aprueben", "personas esperan que las aprueben")
}

// Forms.
const (
	linkSend          = "Enviar"
	linkSave          = "Guardar"
	linkShow          = "Ver"
	linkWhoLabel      = "¿Quién eres?"
	linkWhoIsLabel    = "Su nombre"
	linkNotListed     = "Si no está en la lista, la oficina lo anota en la pestaña Trabajadores."
	linkPlaceholder   = "Escribe el nombre o el apellido"
	linkWorkerLabel   = "¿A quién buscas?"
	linkWorkerHint    = "Están todos los de la pestaña Trabajadores."
	linkAccountTitle  = "Cuenta de Slack"
	linkAccountLabel  = "¿Qué cuenta es la suya?"
	linkAccountHint   = "Con la cuenta que tenía hasta ahora ya no podrá tomar spools."
	linkRejectTitle   = "Rechazar"
	linkReasonExample = "Por ejemplo: esa ficha es de otra persona"
	linkReasonHint    = "Se lo digo a esa persona. Puedes dejarlo en blanco."
	linkNobodyChosen  = "Elige un nombre de la lista."
)
