package api

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// Prefix is where the API lives.
const Prefix = "/api/v1"

// heartbeatEvery keeps proxies from closing an event stream that is silent.
const heartbeatEvery = 15 * time.Second

// API offers the use cases over HTTP.
type API struct {
	// Heartbeat gives the beats of one event stream, by default one each
	// 15 seconds.
	Heartbeat func() (beat <-chan time.Time, stop func())

	control  *control.Control
	log      *slog.Logger
	origins  *http.CrossOriginProtection
	document []byte // OpenAPI, made by Routes
}

// New returns the API over the use cases.
func New(c *control.Control, log *slog.Logger) *API {
	return &API{
		Heartbeat: func() (<-chan time.Time, func()) {
			t := time.NewTicker(heartbeatEvery)
			return t.C, t.Stop
		},
		control: c,
		log:     log,
		origins: http.NewCrossOriginProtection(),
	}
}

// Routes registers every route of the table, and a 404 for the rest of Prefix.
func (a *API) Routes(mux *http.ServeMux) {
	h := humago.New(mux, huma.Config{
		OpenAPI:                      newDocument(),
		Formats:                      map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	})
	for _, r := range a.table() {
		r.register(a, h, a.operation(r))
	}
	text, err := json.Marshal(h.OpenAPI())
	if err != nil {
		panic("internal error: cannot write the OpenAPI document: " + err.Error())
	}
	a.document = text
	mux.HandleFunc(Prefix+"/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, a.problem(r.Context(), fleet.Errorf(fleet.NotFound,
			"there is no %s %s; see %s/openapi.json", r.Method, r.URL.Path, Prefix)))
	})
}
