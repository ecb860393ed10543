package app

import (
	"encoding/json"
	"net/http"
	"runtime/debug"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/sluicehq/sluice/api"
	"github.com/sluicehq/sluice/internal/httpx"
	"github.com/sluicehq/sluice/web"
)

// routes are everything that is served over HTTP.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { writeHealth(w, nil) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) { writeHealth(w, s.store.Ping(r.Context())) })
	mux.Handle("GET /metrics", s.metrics())
	mux.Handle("GET /mqtt", s.mqtt.WebSocket())
	s.tr50.Routes(mux)
	api.New(s.Control, s.config.Logger).Routes(mux)
	web.New(s.Control, web.Options{Log: s.config.Logger, Fingerprint: s.Fingerprint()}).Routes(mux)
	return httpx.Wrap(httpx.Secure(http.NewCrossOriginProtection().Handler(mux)), s.config.Logger, s.config.Now)
}

func writeHealth(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", "application/json")
	status := "ok"
	if err != nil {
		status = "the store does not answer"
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"status": status, "version": Version()})
}

// metrics serves what Prometheus scrapes: totals, never names.
func (s *Server) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "sluice_mqtt_connections", Help: "Open MQTT connections."},
			func() float64 { return float64(s.mqtt.Connections()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "sluice_contacts_total", Help: "Contacts on disk since the start."},
			func() float64 { return float64(s.Control.Contacts()) }))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// Version is the version of the program as the Go toolchain recorded it.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
