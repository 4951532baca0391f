package sheet

import (
	"encoding/json"
	"errors"
	"fmt"
)

// AccountOf reads from a key file of Google's as whom it lets one in: the address
// with which a sheet must be shared. The error says what the file is instead, and
// holds nothing of the key.
func AccountOf(file []byte) (address string, err error) {
	var key struct {
		Type  string `json:"type"`
		Email string `json:"client_email"`
		Key   string `json:"private_key"`
	}
	switch err := json.Unmarshal(file, &key); {
	case err != nil:
		return "", errors.New("the file is no JSON")
	case key.Type != "service_account":
		return "", fmt.Errorf("the file is of the type %q, and not the key of a service account", key.Type)
	case key.Email == "" || key.Key == "":
		return "", errors.New("the file lacks client_email or private_key")
	}
	return key.Email, nil
}
