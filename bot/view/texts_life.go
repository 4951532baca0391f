package view

import (
	"fmt"
	"time"
)

// This file has the words for the life of an occupation: warning, extension,
// expiry, forced release, transfer.

// Warnings.
const (
	lineGoOn    = "Si sigues en él, extiéndelo."
	lineElse    = "Si no haces nada, a esa hora deja de ser tuyo."
	lineGoOnAll = "Si sigues en ellos, extiéndelos."
	lineElseAll = "Si no haces nada, a esa hora dejan de ser tuyos."
)

func warningHead(n int) string { return count(n, "spool vence pronto", "spools vencen pronto") }

// runsOut is when a deadline comes, and how soon.
func (c Clock) runsOut(t time.Time) string {
	if !t.After(c.Now) {
		return c.expired(t)
	}
	return join(", ", c.expires(t), soon(t.Sub(c.Now)))
}

// soon is "en 15 min", to the minute.
func soon(d time.Duration) string {
	minutes := max(1, int(d.Round(time.Minute)/time.Minute))
	if minutes < 60 {
		return fmt.Sprintf("en %d min", minutes)
	}
	return join(" ", fmt.Sprintf("en %d h", minutes/60), count(minutes%60, "min", "min"))
}

// Extensions.
const (
	stateExtended    = "extendido, sigue siendo tuyo"
	stateLongAlready = "ya duraba hasta esa hora"
	stateUnchanged   = "sin cambio"
	lineLongAlready  = "No cambió nada: sigue siendo tuyo."
)

// Expiries.
const (
	lineNobodyAll   = "Llegó la hora y nadie los extendió."
	lineKeptAll     = "Te los guardo un rato: puedes seguir, pausarlos o completarlos."
	lineKeptForThem = "Nadie los extendió. Quedan guardados un rato para esas personas; después quedan libres."
)

func expiredHead(n int) string { return count(n, "spool venció", "spools vencieron") }

func nobodyExtended(op string) string {
	return capital(join(": ", op, "llegó la hora y nadie lo extendió."))
}

func keptForYou(until string) string {
	return "Guardado para ti " + until + ": puedes seguir, pausarlo o completarlo."
}
func keptFor(who, until string) string { return join(" ", "Guardado para", who, until) }
func kept(until string) string         { return "guardado " + until }
func keptForThem(until string) string {
	return "Nadie lo extendió. Guardado para esa persona " + until + "; después queda libre."
}

func graceOver(until string) string {
	return "Estuvo guardado para ti " + until + ". Si sigues en él, mira si está libre."
}

const lineFreed = "Nadie lo extendió; ya quedó libre."

// Forced releases.
const (
	stateReleased     = "liberado"
	stateNotYours     = "ya no es tuyo"
	stateSheetChanged = "cambió en la planilla"
	lineToldThem      = "Esa persona recibe un aviso con el motivo."
	lineTalk          = "Si tienes dudas, habla con esa persona."
	lineSheetTook     = "La planilla ya no lo muestra como tuyo: alguien la cambió ahí."
	lineSheetNext     = "Si sigues en él, avisa a la oficina; si está libre, tómalo de nuevo."
	lineSheetRules    = "La planilla ya no lo muestra a su nombre, y vale lo que dice la planilla."
	lineLookAgain     = nothingChanged + " Mira cómo está ahora y decide de nuevo."
)

// hadIt is whose a spool was: "Lo tenía Josefa Pérez, ARM desde las 14:42."
func hadIt(who, term string) string {
	if who == "" {
		return ""
	}
	return join(", ", "Lo tenía "+who, term) + "."
}

func releasedBy(who, reason string) string {
	return join(": ", "Lo liberó "+who, quoted(reason)) + "."
}
func freedBy(who string) string    { return "liberado por " + who }
func because(reason string) string { return prefix("Motivo: ", quoted(reason)) }

// Transfers.
const (
	stateReceived    = "es tuyo ahora"
	stateNotReceived = "no pasó a ti"
	lineOfferAgain   = nothingChanged + " Si todavía hace falta, pide que te lo ofrezcan de nuevo."
)

func acceptedBy(who string) string       { return who + " lo aceptó, ya no es tuyo" }
func nowHasNotYou(who string) string     { return "ya no es tuyo, ahora lo tiene " + who }
func passedOn(from, to string) string    { return "pasó de " + from + " a " + to }
func arranged(who, reason string) string { return join(": ", "Lo dispuso "+who, quoted(reason)) + "." }
