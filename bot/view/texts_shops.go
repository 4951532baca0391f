package view

// This file has the words for people of an app that several shops share.

const (
	shopWhich    = "¿Con qué taller hablas?"
	shopRemember = "Lo recordaré. En Inicio puedes cambiarlo."
	shopAgain    = "Ahora escribe otra vez lo que querías."
	shopTryLater = "No se cambió nada. Prueba en un minuto."
	shopSelect   = "Elegir taller"
)

func shopNow(escaped string) string { return "Ahora hablas con el taller " + escaped + "." }

func shopLine(escaped string) string { return "Taller: " + escaped }

func shopAway(escaped string) string {
	if escaped == "" {
		return "Tu taller no responde ahora."
	}
	return "El taller " + escaped + " no responde ahora."
}

func shopChange(site string) string { return "Cambiar a " + site }
