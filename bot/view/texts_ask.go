package view

import (
	"fmt"
	"time"

	"github.com/spoolbot/spoolbot/occupation"
)

// This file has the words that people send each other through the bot: offers,
// wait lists, requests, and the forms for them.

// Offers.
func offersIt(who string) string  { return who + " te lo ofrece" }
func wantsYou(who string) string  { return who + " pide que lo sigas tú" }
func offeredTo(who string) string { return "ofrecido a " + who }

func untilAccepted(who string) string { return "Lo tiene " + who + " hasta que aceptes." }

func answerBy(before string) string {
	return "Responde " + before + "; si no, no cambia nada."
}

func staysUntil(keeper string) string {
	if keeper == "" {
		return "Sigue siendo tuyo hasta que acepte."
	}
	return "Lo sigue teniendo " + keeper + " hasta que acepte."
}

func orNothing(before string) string {
	return "Si no responde " + before + ", no cambia nada. Te aviso igual."
}

// offerOver is for whoever made the offer.
func offerOver(why OfferEnd, to string) words {
	switch why {
	case OfferRefused:
		return words{head: to + " no puede recibirlo"}
	case OfferUnanswered:
		return words{head: to + " no alcanzó a responder"}
	case OfferReplaced:
		return words{head: "oferta anulada", detail: "Era para " + to + "; hay otra más nueva."}
	default:
		return words{head: "oferta cancelada", detail: "Ya se lo dije a " + to + "."}
	}
}

// offerOverForReceiver is for whom it was made.
func offerOverForReceiver(why OfferEnd, offerer string) words {
	switch why {
	case OfferRefused:
		return words{head: "dijiste que no puedes", detail: "Ya se lo dije a " + offerer + "."}
	case OfferUnanswered:
		return words{head: "la oferta ya no vale", detail: "Pasó el plazo para responder."}
	case OfferReplaced:
		return words{head: "la oferta ya no vale", detail: "Hay otra más nueva."}
	default:
		return words{head: "la oferta ya no vale", detail: offerer + " la canceló."}
	}
}

func staysWith(who string) string { return "No cambió nada: lo sigue teniendo " + who + "." }

func staysAsIs(keeper string) string {
	if keeper == "" {
		return "No cambió nada: sigue siendo tuyo."
	}
	return staysWith(keeper)
}

// Wait lists.
const (
	stateWaiting    = "te aviso cuando se libere"
	stateNotWaiting = "ya no te aviso"
	stateCameFree   = "quedó libre"
	lineNotWaiting  = "Saliste de la lista de espera."
	lineFirstCome   = "Lo toma quien llegue primero."
)

func inLine(place int) string {
	switch before := place - 1; before {
	case 0:
		return fmt.Sprintf("Eres quien sigue: cuando se libere, será solo para ti por %d minutos.", occupation.HeadStart/time.Minute)
	case 1:
		return "Hay 1 persona antes que tú."
	default:
		return fmt.Sprintf("Hay %d personas antes que tú.", before)
	}
}

func onlyYou(until string) string { return capital(until) + " es solo para ti." }

func needsNow(op occupation.Operation) string {
	if op == "" {
		return ""
	}
	return capital(needs(op)) + "."
}

// Requests.
const (
	stateStaysYours  = "sigue siendo tuyo"
	lineWhatToSay    = "¿Qué le digo?"
	lineTellAnswer   = "Te aviso aquí cuando responda."
	lineAskedOnce    = "Puedes pedirlo una vez cada 10 minutos. Si quieres, te aviso cuando se libere."
	lineTellWhenFree = "Si quieres, te aviso cuando se libere."
	lineToldAsker    = "Ya le dije a quien lo pidió que todavía lo usas."
)

func needsIt(who string) string     { return who + " lo necesita" }
func askedOf(who string) string     { return "se lo pedí a " + who }
func askedLately(who string) string { return "ya se lo pediste a " + who }
func stillUses(who string) string   { return who + " todavía lo usa" }

// Forms.
const (
	formCancel          = "Cancelar"
	transferTitle       = "Traspasar spool"
	transferSubmit      = "Ofrecer"
	transferYours       = "Sigue siendo tuyo hasta que la otra persona acepte."
	transferTheirs      = "Lo sigue teniendo la misma persona hasta que la otra acepte."
	transferToLabel     = "¿A quién?"
	transferPlaceholder = "Elige a una persona"
	transferNobody      = "Elige a una persona."
	transferReasonHint  = "Solo hace falta si el spool no es tuyo."
	releaseTitle        = "Liberar spool"
	releaseSubmit       = "Liberar"
	releaseHint         = "Deja de ser de quien lo tiene, y otra persona lo puede tomar."
	reasonLabel         = "Motivo"
	reasonExample       = "Por ejemplo: salió a otro turno"
	reasonHint          = "Lo verán quien lo tiene y los supervisores."
	reasonMissing       = "Escribe por qué, en pocas palabras."
)
