// Package web embeds the page: the operator's at /, the viewers' at /p/{id}. Its sources are TypeScript (src/, built by Vite
// into dist/, which is committed); `make web` builds them again.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files gives the built page: index.html, icon.svg, assets/.
func Files() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // a constant, valid path: cannot fail
	}
	return sub
}
