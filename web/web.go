package web

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/web/static"
)

// Options are what the console may be told; the zero Options work.
type Options struct {
	// Log takes what went wrong on our side, default slog.Default().
	Log *slog.Logger
	// FirstPassword says where the first administrator finds the password.
	FirstPassword string
	// Fingerprint is of the owner's key, which an agent is told to trust when
	// it enrols: SHA256:…
	Fingerprint string
	// After is time.After, unless a test moves the time.
	After func(time.Duration) <-chan time.Time
}

// Web is the console over the use cases.
type Web struct {
	control *control.Control
	Options
}

// New returns the console.
func New(c *control.Control, o Options) *Web {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.FirstPassword == "" {
		o.FirstPassword = "First time here? The server printed the password of “admin” when it started for the first time."
	}
	if o.Fingerprint == "" {
		o.Fingerprint = "FINGERPRINT"
	}
	if o.After == nil {
		o.After = time.After
	}
	return &Web{control: c, Options: o}
}

// Routes adds the pages and assets to mux.
func (web *Web) Routes(mux *http.ServeMux) {
	for _, p := range pages {
		mux.Handle(p.method+" "+p.path, web.handler(p))
	}
	mux.Handle("GET "+static.Prefix, static.Handler())
	mux.Handle("GET /favicon.ico", http.RedirectHandler(static.URL("icon.svg"), http.StatusFound))
}
