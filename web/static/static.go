package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// Prefix is where the assets are served.
const Prefix = "/static/"

//go:embed css js icon.svg
var files embed.FS

type asset struct {
	url     string
	kind    string // the media type
	content []byte
}

// assets are by their plain name: "console.css".
var assets = map[string]asset{
	"console.css": newAsset("console.css", "text/css; charset=utf-8", join("css")),
	"console.js":  newAsset("console.js", "text/javascript; charset=utf-8", join("js")),
	"icon.svg":    newAsset("icon.svg", "image/svg+xml", read("icon.svg")),
}

// URL returns where the asset is served. A name that is not there is a defect.
func URL(name string) string {
	a, ok := assets[name]
	if !ok {
		panic("internal error: no asset " + name)
	}
	return a.url
}

// Handler serves the assets below Prefix.
func Handler() http.Handler {
	served := map[string]asset{}
	for _, a := range assets {
		served[a.url] = a
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := served[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", a.kind)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(a.content))
	})
}

func newAsset(name, kind string, content []byte) asset {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	return asset{Prefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext, kind, content}
}

// join puts the files of a folder together, in the order of their names.
func join(dir string) []byte {
	entries, err := fs.ReadDir(files, dir)
	if err != nil {
		panic("internal error: " + err.Error())
	}
	var all []byte
	for _, e := range entries {
		all = append(all, read(dir+"/"+e.Name())...)
	}
	return all
}

func read(name string) []byte {
	content, err := files.ReadFile(name)
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return content
}
