package tr50

import (
	"bufio"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/clock"
	"github.com/sluicehq/sluice/internal/testpg"
)

func TestMain(m *testing.M) { testpg.Main(m) }

// databases are the stores that the numbers are asked for.
var databases = []struct {
	name string
	url  func(b *testing.B) string
}{
	{"sqlite", func(b *testing.B) string { return "sqlite:" + filepath.Join(b.TempDir(), "sluice.db") }},
	{"postgres", func(b *testing.B) string { return testpg.URL(b) }},
}

const benchConnections = 1000

// BenchmarkContacts publishes telemetry at QoS 1 over 1,000 connections, each
// with one message under way: a contact counts when its PUBACK, which comes
// after the commit, was read.
func BenchmarkContacts(b *testing.B) {
	for _, db := range databases {
		b.Run(db.name, func(b *testing.B) {
			w := newWorldOn(b, db.url(b))
			clients := w.crowd(benchConnections)
			b.ResetTimer()
			var all sync.WaitGroup
			for i, c := range clients {
				n := b.N / len(clients)
				if i < b.N%len(clients) {
					n++
				}
				all.Go(func() { c.pump(n) })
			}
			all.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "contacts/s")
		})
	}
}

// BenchmarkTelemetryToCommand measures from the telemetry message to the
// command in the device's hands: notified and fetched from the mailbox.
func BenchmarkTelemetryToCommand(b *testing.B) {
	for _, db := range databases {
		b.Run(db.name, func(b *testing.B) {
			w := newWorldOn(b, db.url(b))
			c := w.enrol("gw-1")
			c.must(c.SetDeadline(time.Time{}))
			r := w.release("1.0", 1)
			var took []time.Duration
			for b.Loop() {
				b.StopTimer()
				w.clock.Advance(time.Second)
				w.update(r, "gw-1")
				b.StartTimer()
				start := clock.System()
				c.telemetry()
				c.expectNotify()
				m := c.one()
				took = append(took, clock.System().Sub(start))
				b.StopTimer()
				c.ok("mailbox.ack", confirmed(m.ID))
				b.StartTimer()
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}

// crowd connects accepted devices.
func (w *world) crowd(n int) []*client {
	token := w.token(fleet.Application)
	clients := make([]*client, n)
	for i := range clients {
		clients[i] = w.connect(hello{id: "app", user: fmt.Sprintf("gw-%05d", i), password: token})
		w.must(clients[i].SetDeadline(time.Time{}))
		clients[i].r = bufio.NewReaderSize(clients[i].Conn, 512)
	}
	devices, err := w.store.Devices(w.Context(), control.DeviceFilter{}, control.Page{Limit: 1000})
	w.must(err)
	for _, d := range devices {
		_, err := w.control.SetDeviceState(w.Context(), w.admin, d.ID, fleet.DeviceAccepted)
		w.must(err)
	}
	return clients
}

// pump publishes n values, one after the other.
func (c *client) pump(n int) {
	for i := range n {
		c.deliver("api/"+strconv.Itoa(i), `{"1":{"command":"property.publish","params":{"key":"temperature","value":`+strconv.Itoa(i)+`}}}`)
	}
}

func (c *client) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}
