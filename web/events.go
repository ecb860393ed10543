package web

import (
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

const (
	// changeEvery is how far apart two change events of one page are.
	changeEvery = 250 * time.Millisecond
	// tickEvery is how often a quiet stream says that it lives; pages
	// refresh their times and presences with it.
	tickEvery = 20 * time.Second
)

// events tells a page that what it shows has changed, and not what: the page
// then reads what the reader may read. It ends with the session.
func (web *Web) events(v *visit) error {
	about := aboutOf(v.r)
	changes, stop := web.control.Feed.Listen()
	defer stop()
	out := http.NewResponseController(v.w)
	_ = out.SetWriteDeadline(time.Time{}) // a stream has none; a writer that knows none is fine
	v.w.Header().Set("Content-Type", "text/event-stream")
	v.w.Header().Set("X-Accel-Buffering", "no")
	v.w.WriteHeader(http.StatusOK)
	send := func(event string) bool {
		_, err := io.WriteString(v.w, "event: "+event+"\ndata:\n\n")
		return err == nil && out.Flush() == nil
	}
	if _, err := io.WriteString(v.w, "retry: 2000\n\n"); err != nil || out.Flush() != nil {
		return nil
	}
	var sent time.Time
	var due <-chan time.Time // set while a change waits for its turn
	tick := web.After(tickEvery)
	for {
		select {
		case <-v.r.Context().Done():
			return nil
		case c, open := <-changes:
			if !open {
				return nil
			}
			if due == nil && about(c) {
				due = web.After(changeEvery - min(changeEvery, max(0, web.control.Now().Sub(sent))))
			}
		case <-due:
			due, sent = nil, web.control.Now()
			if !send("change") {
				return nil
			}
		case <-tick:
			tick = web.After(tickEvery)
			if _, err := web.control.Authenticate(v.r.Context(), sessionToken(v.r)); fleet.CodeOf(err) == fleet.Denied {
				return nil
			}
			if !send("tick") {
				return nil
			}
		}
	}
}

// aboutOf reads which changes a page wants: about=devices or updates for a
// list, and ids for a page about one thing.
func aboutOf(r *http.Request) func(control.Change) bool {
	number := func(name string) int64 {
		n, err := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
		if err != nil {
			return 0
		}
		return n
	}
	device, update, execution := fleet.DeviceID(number("device")), fleet.UpdateID(number("update")), fleet.ExecutionID(number("execution"))
	about := r.URL.Query().Get("about")
	return func(c control.Change) bool {
		switch {
		case about == "devices":
			return c.Device != 0
		case about == "updates":
			return c.Update != 0
		case execution != 0:
			return c.Execution == execution || c.Update == update && c.Execution == 0
		case update != 0:
			return c.Update == update
		case device != 0:
			return c.Device == device || c.Device == 0
		}
		return false
	}
}
