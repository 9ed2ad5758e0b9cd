package gateway

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"time"
)

// security are the headers of every page and file: nothing from elsewhere runs, and only this page gets the microphone.
var security = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'self'",
	"X-Content-Type-Options":     "nosniff",
	"Referrer-Policy":            "no-referrer",
	"Permissions-Policy":         "microphone=(self), camera=(), geolocation=()",
	"Cross-Origin-Opener-Policy": "same-origin",
}

// warning is what every page of a server that serves everybody begins with.
const warning = `<p id="insecure" role="alert">--insecure: ` +
	`бұл серверге желідегі кез келген адам кіре алады · этим сервером может пользоваться любой в сети · anyone on the network can use this server</p>`

// page is the built web page in memory.
type page struct {
	index []byte
	files map[string]file // by path below /
}

type file struct {
	content []byte
	media   string
	etag    string
}

// newPage reads the built files; insecure puts the warning on the page.
func newPage(from fs.FS, insecure bool) (*page, error) {
	p := &page{files: map[string]file{}}
	err := fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(from, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		media := mime.TypeByExtension(path.Ext(name))
		if media == "" {
			media = "application/octet-stream"
		}
		p.files["/"+name] = file{content, media, `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
		return nil
	})
	if err != nil {
		return nil, err
	}
	index, ok := p.files["/index.html"]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: "index.html", Err: fs.ErrNotExist}
	}
	delete(p.files, "/index.html")
	p.index = index.content
	if insecure {
		p.index = bytes.Replace(p.index, []byte("<body>"), []byte("<body>"+warning), 1)
	}
	return p, nil
}

// routes adds / and /p/{id}, which are the same page, and the files that it loads.
func (p *page) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", p.serveIndex)
	mux.HandleFunc("GET /p/{id}", p.serveIndex)
	for name, f := range p.files {
		mux.HandleFunc("GET "+name, f.serve)
	}
}

func secure(h http.Header) {
	for name, value := range security {
		h.Set(name, value)
	}
}

func (p *page) serveIndex(w http.ResponseWriter, _ *http.Request) {
	secure(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(p.index) // the client went away
}

// serve answers with a file, or a range of it; browsers ask each time whether it has changed.
func (f file) serve(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	w.Header().Set("Content-Type", f.media)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", f.etag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(f.content))
}
