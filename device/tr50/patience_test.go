package tr50

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// patient is a response that notes how many bytes were written since the
// deadline was set.
type patient struct {
	*httptest.ResponseRecorder
	deadline    time.Time
	since, most int // bytes
	without     int // bytes that were written without a deadline
}

func (p *patient) SetWriteDeadline(at time.Time) error {
	p.deadline, p.since = at, 0
	return nil
}

func (p *patient) Write(b []byte) (int, error) {
	if p.deadline.IsZero() {
		p.without += len(b)
	}
	p.since += len(b)
	p.most = max(p.most, p.since)
	return p.ResponseRecorder.Write(b)
}

func TestASlowDownloadGoesOnForAsLongAsBytesMove(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a.bin", content(3<<20))
	c := w.enrol("gw-1")
	mux := http.NewServeMux()
	w.handler.Routes(mux)
	for _, from := range []int{0, 1, 1<<20 + 1, 2<<20 + 5} {
		r := httptest.NewRequest(http.MethodGet, "/file/"+c.ticket("a.bin").FileID, nil)
		r.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
		p := &patient{ResponseRecorder: httptest.NewRecorder()}
		mux.ServeHTTP(p, r)
		if got := p.Body.Len(); p.Code != http.StatusPartialContent || got != 3<<20-from {
			t.Errorf("from %d: got %d with %d bytes", from, p.Code, got)
		}
		if p.without > 0 || p.most > 64<<10 {
			t.Errorf("from %d: %d bytes had no deadline, %d shared one; at most 64 KiB may", from, p.without, p.most)
		}
		if !p.deadline.IsZero() {
			t.Errorf("from %d: the connection keeps its deadline", from)
		}
	}
}
