package httpapi

import _ "embed"

// description is the OpenAPI 3.1 document of the door. A test compares it with the
// routes, and every answer of the tests with its schemas.
//
//go:embed openapi.json
var description []byte
