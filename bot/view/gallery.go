package view

import (
	"embed"
	"io/fs"
)

//go:embed testdata/*.json
var samples embed.FS

// Gallery is every view with sample data, one JSON file each, as the golden
// tests keep them: the demo's page shows them, so that texts can be judged
// without clicking through the flows.
func Gallery() fs.FS {
	dir, err := fs.Sub(samples, "testdata")
	if err != nil {
		panic(err) // fails on an invalid name only
	}
	return dir
}
