package view

import "github.com/spoolbot/spoolbot/occupation"

// This file explains the errors that speak of people: who may, and who has it.

// explainWorker speaks of the person who asks or, when there is a Holder, of the
// one who is to have the spool or is to be asked for it.
func explainWorker(e *occupation.Error, holder string) words {
	inactive := e.Reason == occupation.Inactive
	switch other := e.Holder != (occupation.Holder{}); {
	case other && inactive:
		return words{
			head: orThem(holder) + " no puede recibirlo", detail: "su ficha está inactiva",
			next: nothingChanged + " Elige a otra persona, o pide que la activen en la pestaña Trabajadores.",
		}
	case other:
		return words{
			head: "la ficha de " + orThem(holder) + " no está unida a su Slack",
			next: nothingChanged + " Habla directamente con esa persona: que me escriba y toque Elegir mi nombre.",
		}
	case inactive:
		return words{head: "tu ficha está inactiva", next: "Avisa a tu supervisor: debe activarte en la pestaña Trabajadores."}
	default:
		return words{head: linkUnknown, next: linkSteps[0]}
	}
}

func explainRole(e *occupation.Error, holder string) words {
	switch {
	case e.Reason == occupation.NotSupervisor:
		return words{head: "eso solo lo hace un supervisor", next: nothingChanged + " Pídeselo a tu supervisor."}
	case e.Reason == occupation.NotSetter:
		return notSetter(holder)
	case e.Reason == occupation.ReceiverRole:
		return words{
			head: orThem(holder) + " no puede recibirlo", detail: join(": ", "su rol no permite "+orWork(e.Operation), whoMay(e.Operation)),
			next: nothingChanged + " Elige a otra persona.",
		}
	}
	w := words{
		head: "tu rol no permite " + orWork(e.Operation), detail: whoMay(e.Operation),
		next: "Si está mal, pide que corrijan tu rol en la pestaña Roles.",
	}
	if e.Tag != "" && e.Operation != "" {
		w.head = needs(e.Operation) + " y tu rol no lo permite"
	}
	return w
}

func explainOccupied(e *occupation.Error, holder string, at Clock) words {
	switch e.Reason {
	case occupation.HeldByHand:
		return words{
			head: "la planilla dice que lo tiene " + orSomebody(holder), detail: join(", ", row(e.Row), at.since(e.Since)),
			next: "Si ya no es así, pide a la oficina que borre Ocupado_Por.",
		}
	case occupation.InGrace:
		return words{
			head: join(" ", "guardado para "+orSomebody(holder), at.until(e.Until)), detail: "se le acabó el tiempo y puede retomarlo",
			next: "Si no lo retoma, después queda libre.",
		}
	case occupation.WaitListFirst:
		return words{
			head: join(" ", "reservado", at.until(e.Until)), detail: "alguien lo esperaba primero",
			next: "Si a esa hora sigue libre, lo puedes tomar.",
		}
	default:
		return words{
			head: "lo tiene " + orSomebody(holder), detail: join(" ", string(e.Operation), at.span(e.Since, e.Until)),
			next: "Puedes pedírselo, esperar a que se libere, o tomar otro.",
		}
	}
}

func explainNotOwner(e *occupation.Error, holder string, at Clock) words {
	switch e.Reason {
	case occupation.PauseOver:
		return pauseOver
	case occupation.UndoOver:
		return tooLate(prefix("ahora lo tiene ", holder))
	case occupation.NobodyHolds:
		return words{head: "nadie lo tiene, está libre", next: "Si vas a trabajar en él, tómalo."}
	case occupation.HeldAnew:
		return words{head: "ese botón es de antes", detail: join(" ", "lo tomaste de nuevo", at.since(e.Since)), next: "Toca Ver estado: ahí están los botones de ahora."}
	default:
		return words{
			head: "no es tuyo, lo tiene " + orSomebody(holder), detail: join(" ", string(e.Operation), at.span(e.Since, e.Until)),
			next: nothingChanged + " Eso solo lo puede hacer quien lo tiene.",
		}
	}
}

func whoMay(op occupation.Operation) string {
	switch op {
	case occupation.ARM:
		return "lo hace un Armador o Ayudante"
	case occupation.SOLD:
		return "lo hace un Soldador o Ayudante"
	default:
		return ""
	}
}

func orThem(s string) string {
	if s == "" {
		return "esa persona"
	}
	return s
}
