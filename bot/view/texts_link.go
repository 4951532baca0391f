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
		w = words{head: "de tu propia ficha decide otra persona", next: nothingChanged + " Pídeselo a otro supervisor, o a la oficina."}
	default:
		return words{}, false
	}
	return w, true
}
