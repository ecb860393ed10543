package web_test

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/web"
)

// stream reads the names of the events of one page; "" is the end.
type stream struct {
	t     *testing.T
	lines *bufio.Scanner
}

func (b *browser) stream(t *testing.T, path string) *stream {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.url+path, nil)
	b.must(err)
	response, err := b.client.Do(r)
	b.must(err)
	t.Cleanup(func() { response.Body.Close() })
	if kind := response.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Fatalf("the stream is %s", kind)
	}
	return &stream{t, bufio.NewScanner(response.Body)}
}

func (s *stream) next() string {
	for s.lines.Scan() {
		if name, ok := strings.CutPrefix(s.lines.Text(), "event: "); ok {
			return name
		}
	}
	return ""
}

func (s *stream) expect(want string) {
	s.t.Helper()
	if got := s.next(); got != want {
		s.t.Fatalf("the stream says %q, want %q", got, want)
	}
}

func TestAPageIsToldOfItsOwnChangesAtMostFourTimesASecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, other := w.device("box-1"), w.device("box-2")
	w.open(web.Options{After: w.timers()})
	s := w.signedIn().stream(t, "/events?device="+d.ID.String())
	if tick := <-w.later; tick.after != 20*time.Second {
		t.Fatalf("the heartbeat is %s", tick.after)
	}
	w.contact(other)
	w.contact(d)
	first := <-w.later
	if first.after != 0 {
		t.Errorf("the first change waits for %s", first.after)
	}
	first.fire <- w.clock.Now()
	s.expect("change")
	w.clock.Advance(100 * time.Millisecond)
	w.contact(other)
	w.contact(d)
	second := <-w.later
	if second.after != 150*time.Millisecond {
		t.Errorf("the second change waits for %s", second.after)
	}
	second.fire <- w.clock.Now()
	s.expect("change")
}

func TestTheStreamTicksAndEndsWithTheSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.open(web.Options{After: w.timers()})
	b := w.signedIn()
	s := b.stream(t, "/events?about=devices")
	(<-w.later).fire <- w.clock.Now()
	s.expect("tick")
	b.post("/sign-out", nil)
	(<-w.later).fire <- w.clock.Now()
	s.expect("")
}

func TestTheStreamEndsWithTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.open(web.Options{})
	s := w.signedIn().stream(t, "/events?about=updates")
	w.stop()
	s.expect("")
}
