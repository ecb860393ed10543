package bench

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/httpx"
)

// The dashboards that are opened, by the number of their devices.
const (
	largeDashboard = 10_000
	smallDashboard = 10
	opened         = 30
)

// dashboard measures how long the console takes to open the dashboard of an
// update that went to a large group, beside that of a small one.
func (t *table) dashboard(b *testing.B, db database) {
	w := serve(b, db.url(b))
	release := w.release()
	large, small := w.dashboardOver(release, largeDashboard), w.dashboardOver(release, smallDashboard)
	t.add(b, row{what: fmt.Sprintf("dashboard over %d devices opens, %s", largeDashboard, db.title), got: millis(w.open(large)), unit: "ms",
		aim: 300, most: true, peers: []peer{{fmt.Sprintf("dashboard over %d devices", smallDashboard), millis(w.open(small))}}})
}

// dashboardOver gives the release to a group of n devices, and returns the
// path of its dashboard.
func (w *world) dashboardOver(release fleet.ReleaseID, n int) string {
	w.Helper()
	rows, keys := make([]control.Import, n), make([]string, n)
	for i := range rows {
		keys[i] = fmt.Sprintf("%05d-of-%d", i, n)
		rows[i].Key = keys[i]
	}
	_, _, err := w.server.Control.ImportDevices(w.Context(), w.admin, rows)
	w.must(err)
	g, err := w.server.Control.CreateGroup(w.Context(), w.admin, fleet.Group{UnitID: fleet.Root, Name: fmt.Sprintf("group of %d", n)})
	w.must(err)
	_, err = w.server.Control.AddMembers(w.Context(), w.admin, g.ID, keys)
	w.must(err)
	u, err := w.server.Control.CreateUpdate(w.Context(), w.admin, control.NewUpdate{Type: fleet.SUP, ReleaseID: release,
		Audience: fleet.Audience{GroupID: g.ID}})
	w.must(err)
	return "/updates/" + u.ID.String()
}

// open is the median time in which the page has come whole.
func (w *world) open(path string) time.Duration {
	w.Helper()
	took := make([]time.Duration, opened)
	for i := range took {
		request, err := http.NewRequestWithContext(w.Context(), http.MethodGet, w.server.URL()+path, nil)
		w.must(err)
		request.AddCookie(&http.Cookie{Name: httpx.PlainCookie, Value: w.session})
		begin := time.Now()
		answer, err := http.DefaultClient.Do(request)
		w.must(err)
		body, err := io.ReadAll(answer.Body)
		took[i] = time.Since(begin)
		w.must(err)
		w.must(answer.Body.Close())
		if answer.StatusCode != http.StatusOK || len(body) < 1000 {
			w.Fatalf("%s: %s, %d bytes", path, answer.Status, len(body))
		}
	}
	return median(took)
}
