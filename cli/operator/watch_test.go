package operator

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicehq/sluice/client"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/apitest"
)

// behindProxy is a watcher of an update on the device gw, through a proxy
// that lets a request for events pass where pass says so of its number.
func behindProxy(t *testing.T, pass func(n int64) bool) (*apitest.Server, fleet.Device, *watcher, *bytes.Buffer) {
	t.Helper()
	s := apitest.New(t)
	d := s.Device("gw", "m")
	u := s.Update(s.Release("hello", "1", "m"), "gw")
	target, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	through := httputil.NewSingleHostReverseProxy(target)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/events") && !pass(asked.Add(1)) {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		through.ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	c, err := client.New(proxy.URL, s.Token)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	return s, d, &watcher{client: c, update: client.Update{ID: int64(u.ID)}, known: map[int64]client.Execution{}, view: lineView{&out}, every: time.Millisecond}, &out
}

func TestWatchingOutlivesALossOfTheServer(t *testing.T) {
	t.Parallel()
	s, d, w, out := behindProxy(t, func(n int64) bool { return n > 3 })
	s.Offer(d)
	s.Report(d, fleet.Succeed, "", nil)
	if err := w.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != "gw: succeeded\nupdate 1: 1 succeeded\n" || w.away != 0 {
		t.Errorf("got %q", got)
	}
}

func TestWatchingGivesUpOnAServerThatStaysAway(t *testing.T) {
	t.Parallel()
	_, _, w, _ := behindProxy(t, func(int64) bool { return false })
	if err := w.run(t.Context()); ExitCode(err) != exitUnavailable {
		t.Errorf("got %v", err)
	}
	if w.away != maxAway {
		t.Errorf("gave up after %d tries", w.away)
	}
}

// moving is a view that does what the device does next.
type moving struct {
	view
	next func(state string)
}

func (m moving) changed(e client.Execution) {
	m.view.changed(e)
	m.next(e.State)
}

func TestEachChangeIsToldAsItHappens(t *testing.T) {
	t.Parallel()
	s, d, w, out := behindProxy(t, func(int64) bool { return true })
	w.every = time.Hour // the events alone carry it
	w.view = moving{w.view, func(state string) {
		switch state {
		case "pending":
			s.Offer(d)
		case "sent":
			s.Report(d, fleet.StartInstall, "1 of 1", nil)
		case "installation_started":
			s.Report(d, fleet.Fail, "rolled back", nil)
		}
	}}
	if err := w.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := `gw: pending, waits for the next telemetry message
gw: sent, in answer to telemetry over TR50
gw: installation started, 1 of 1
gw: failed, rolled back
update 1: 1 failed
`
	if out.String() != want {
		t.Errorf("got\n%s", out)
	}
	if err := verdict(w.update); ExitCode(err) != exitFailed {
		t.Errorf("got %v", err)
	}
}

func TestWatchingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	_, _, w, _ := behindProxy(t, func(int64) bool { return true })
	ctx, cancel := context.WithCancel(t.Context())
	w.view = moving{w.view, func(string) { cancel() }}
	if err := w.run(ctx); err == nil || ctx.Err() == nil {
		t.Errorf("got %v", err)
	}
}

func TestALiveTableFitsItsTerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	v := &liveView{w: &out, size: func() (int, int) { return 40, 6 }}
	var executions []client.Execution
	for i := range 5 {
		executions = append(executions, client.Execution{ID: int64(i + 1), Device: client.DeviceRef{Key: fmt.Sprintf("gw-%d", i)},
			State: "succeeded", Final: true, Reason: strings.Repeat("long ", 20)})
	}
	executions[4].State, executions[4].Final = "pending", false
	v.draw(client.Update{ID: 7}, func() []client.Execution { return executions })
	first := out.String()
	lines := strings.Split(strings.TrimSuffix(first, "\n"), "\n")
	if len(lines) != 4 || v.lines != 4 || !strings.Contains(lines[1], "gw-4") || lines[3] != "update 7: 4 of 5 ended" {
		t.Errorf("got %d lines:\n%s", len(lines), first)
	}
	for _, line := range lines {
		if len(line) >= 40 {
			t.Errorf("the line would wrap: %q", line)
		}
	}
	v.draw(client.Update{ID: 7}, func() []client.Execution { return executions })
	if !strings.HasPrefix(out.String()[len(first):], "\x1b[4A\x1b[J") {
		t.Errorf("the second table is not in the place of the first: %q", out.String()[len(first):])
	}
}
