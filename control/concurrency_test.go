package control_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/testpg"
)

// How many work against each other.
const (
	operators   = 50
	reporters   = 1000
	givenByEach = 6
)

func TestOperatorsAndDevicesLoseNothingOnSQLite(t *testing.T) {
	t.Parallel()
	contend(t, "sqlite:"+t.TempDir()+"/sluice.db")
}

func TestOperatorsAndDevicesLoseNothingOnPostgreSQL(t *testing.T) {
	t.Parallel()
	contend(t, testpg.URL(t))
}

// contend lets operators give and cancel updates while every device reports
// telemetry and answers what it is sent. Whatever happens, a cancelled
// execution was never sent, none was sent twice, and the counts add up.
func contend(t *testing.T, url string) {
	t.Helper()
	w := newWorldOn(t, url)
	release := w.release("r", "1", "m")
	devices := w.fleet(reporters, "m")
	stop := make(chan struct{})
	var giving, reporting sync.WaitGroup
	for n := range 20 {
		reporting.Go(func() {
			for i := n; ; i = (i + 20) % reporters {
				select {
				case <-stop:
					return
				default:
					w.live(devices[i])
				}
			}
		})
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	for n := range operators {
		giving.Go(func() { w.operate(rand.New(rand.NewPCG(seed, uint64(n))), release, devices) })
	}
	giving.Wait()
	close(stop)
	reporting.Wait()
	for _, d := range devices {
		w.live(d)
		w.live(d)
	}
	w.audit()
}

// fleet makes n devices of the model in one write, as an import does.
func (w *world) fleet(n int, model string) []fleet.Device {
	w.t.Helper()
	rows := make([]control.Import, n)
	keys := make([]string, n)
	for i := range rows {
		keys[i] = fmt.Sprintf("d%04d", i)
		rows[i].Key = keys[i]
	}
	_, _, err := w.ImportDevices(w.t.Context(), w.admin, rows)
	w.must(err)
	devices, err := w.Store.DevicesByKeys(w.t.Context(), keys)
	w.must(err)
	for _, d := range devices {
		w.contact(d, fleet.Value{Kind: fleet.Attribute, Key: fleet.AttributeModel, Text: model})
	}
	return devices
}

// operate gives updates to a few devices at a time and cancels some of what
// was given.
func (w *world) operate(random *rand.Rand, r fleet.Release, devices []fleet.Device) {
	for range givenByEach {
		var keys []string
		for range 20 {
			keys = append(keys, devices[random.IntN(len(devices))].Key)
		}
		u, err := w.CreateUpdate(w.t.Context(), w.admin, control.NewUpdate{Type: fleet.SUP, ReleaseID: r.ID, Audience: fleet.Audience{Devices: keys}})
		if err != nil {
			w.t.Errorf("give: %v", err)
			return
		}
		if random.IntN(2) == 0 {
			if _, err := w.CancelUpdate(w.t.Context(), w.admin, u.ID); err != nil {
				w.t.Errorf("cancel: %v", err)
			}
		}
	}
}

// live is one turn of a device: telemetry, the mail, the answer.
func (w *world) live(d fleet.Device) {
	ctx := w.t.Context()
	answer, err := w.Contact(ctx, control.Contact{DeviceID: d.ID, At: w.clock.Now(), Link: fleet.TR50, Telemetry: true})
	if err == nil && answer.Pending {
		err = w.Offer(ctx, d.ID, func(fleet.Execution) (string, json.RawMessage, error) {
			return "method.exec", json.RawMessage(`{}`), nil
		})
	}
	var mail []fleet.Message
	if err == nil {
		mail, _, err = w.CheckMail(ctx, d.ID, "s", control.Room{Bytes: 1 << 20})
	}
	for _, m := range mail {
		if err == nil {
			err = w.Acknowledge(ctx, d.ID, m.ID, fleet.Answer{}, judge)
		}
	}
	if err != nil {
		w.t.Errorf("%s: %v", d.Key, err)
	}
}

// audit reads everything back and holds it against the rules.
func (w *world) audit() {
	w.t.Helper()
	ctx := w.t.Context()
	updates, err := w.Updates(ctx, w.admin, control.UpdateFilter{}, control.Page{Limit: 1000})
	w.must(err)
	if len(updates) != operators*givenByEach {
		w.t.Errorf("%d updates of %d", len(updates), operators*givenByEach)
	}
	ends := map[fleet.State]int{}
	waits := map[fleet.DeviceID][]span{}
	for _, u := range updates {
		list, err := w.Executions(ctx, w.admin, control.ExecutionFilter{UpdateID: u.ID}, control.Page{Limit: 1000})
		w.must(err)
		counted := fleet.Counts{ByState: map[fleet.State]int{}, Unsent: map[fleet.State]int{}}
		for _, e := range list {
			ends[e.State]++
			counted.ByState[e.State]++
			if e.SentAt.IsZero() {
				counted.Unsent[e.State]++
			}
			if s := w.auditOne(e); e.State != fleet.Refused {
				waits[e.DeviceID] = append(waits[e.DeviceID], s)
			}
		}
		for _, s := range fleet.States() {
			if counted.ByState[s] != u.Counts.ByState[s] || counted.Unsent[s] != u.Counts.Unsent[s] {
				w.t.Errorf("update %s: %s: counted %d, kept %d", u.ID, s, counted.ByState[s], u.Counts.ByState[s])
			}
		}
	}
	if ends[fleet.Succeeded] == 0 || ends[fleet.Cancelled] == 0 || ends[fleet.Refused] == 0 {
		w.t.Errorf("the test saw too little: %v", ends)
	}
	w.t.Logf("ends: %v", ends)
	for device, spans := range waits {
		slices.SortFunc(spans, func(a, b span) int { return int(a.from - b.from) })
		for i := 1; i < len(spans); i++ {
			if spans[i].from < spans[i-1].to {
				w.t.Errorf("device %s: two of a type were pending at once", device)
			}
		}
	}
}

// span is how long an execution was pending, in ids of events: those of one
// device are given in the order in which they happened.
type span struct{ from, to int64 }

func (w *world) auditOne(e fleet.Execution) (waited span) {
	w.t.Helper()
	events, err := w.Store.ExecutionEvents(w.t.Context(), e.ID, control.Page{Limit: 1000}, false)
	w.must(err)
	count := func(event fleet.Event) (n int) {
		for _, x := range events {
			if x.Event == event {
				n++
			}
		}
		return n
	}
	sent, cancelled, ended := count(fleet.Send), count(fleet.Cancel), count(fleet.Succeed)
	ok := sent == 1 && ended == 1 && cancelled == 0 && e.State == fleet.Succeeded ||
		sent == 0 && cancelled == 1 && e.State == fleet.Cancelled ||
		sent == 0 && cancelled == 0 && e.State == fleet.Refused
	if !ok || slices.ContainsFunc(events, func(x fleet.ExecutionEvent) bool { return x.Mismatch }) {
		w.t.Errorf("execution %s is %s: sent %d times, cancelled %d times, ended %d times", e.ID, e.State, sent, cancelled, ended)
		return span{}
	}
	waited.from = events[0].ID
	if len(events) > 1 {
		waited.to = events[1].ID
	}
	return waited
}
