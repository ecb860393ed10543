package api_test

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// listen opens the event stream and returns its lines.
func (c caller) listen(token string) *bufio.Scanner {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), "GET", c.URL+"/api/v1/events", nil)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { res.Body.Close() })
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" || res.Header.Get("Cache-Control") != "no-store" {
		c.t.Fatalf("got %d %v", res.StatusCode, res.Header)
	}
	lines := bufio.NewScanner(res.Body)
	c.next(lines, ": begin")
	return lines
}

// next reads the lines of one event.
func (c caller) next(lines *bufio.Scanner, want ...string) {
	c.t.Helper()
	for _, line := range append(want, "") {
		if !lines.Scan() || lines.Text() != line {
			c.t.Fatalf("got %q, %v, want %q", lines.Text(), lines.Err(), line)
		}
	}
}

func TestChangesAreStreamedAsTheyAreCommitted(t *testing.T) {
	c := newCaller(t)
	d := c.Device("gw", "iStation")
	r := c.Release("hello", "1", "iStation")
	lines := c.listen(c.Token)
	u := c.Update(r, "gw")
	c.next(lines, "event: change", fmt.Sprintf(`data: {"update":%s}`, u.ID))
	c.Offer(d)
	c.next(lines, "event: change", fmt.Sprintf(`data: {"device":%s,"update":%s,"execution":1}`, d.ID, u.ID))
	c.Beat <- time.Time{}
	c.next(lines, ": heartbeat")
	c.Contact(d, fleet.Value{Kind: fleet.Property, Key: "cpu", Number: 1})
	c.next(lines, "event: change", fmt.Sprintf(`data: {"device":%s}`, d.ID))
	c.Control.Feed.Close()
	if lines.Scan() {
		t.Errorf("got %q after the server closed", lines.Text())
	}
}

func TestChangesAreOnlyToldToWhoMaySeeThem(t *testing.T) {
	c := newCaller(t)
	d := c.Device("gw", "iStation")
	lines := c.listen(c.Nobody())
	c.Contact(d)
	c.Update(c.Release("hello", "1", "iStation"), "gw")
	c.Beat <- time.Time{}
	c.next(lines, ": heartbeat")
}

func TestTheStreamEndsWithTheSession(t *testing.T) {
	c := newCaller(t)
	lines := c.listen(c.Token)
	c.do("POST", "/logout", nil).into(204, nil)
	c.Beat <- time.Time{}
	if lines.Scan() || lines.Err() != nil && lines.Err() != io.ErrUnexpectedEOF {
		t.Errorf("got %q, %v", lines.Text(), lines.Err())
	}
}

func TestAListenerHearsOnlyOfItsOwnUnits(t *testing.T) {
	w := newRightsWorld(t)
	lines := w.listen(w.User("in", fleet.ServiceViewer, w.inside.unit))
	w.Contact(w.outside.device, fleet.Value{Kind: fleet.Property, Key: "cpu", Number: 1})
	w.Update(w.outside.release, w.outside.newDevice().Key)
	w.Contact(w.inside.device, fleet.Value{Kind: fleet.Property, Key: "cpu", Number: 1})
	w.next(lines, "event: change", fmt.Sprintf(`data: {"device":%s}`, w.inside.device.ID))
}
