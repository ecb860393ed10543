package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// due lists what is due, by device key, in the order of the list.
func (w *world) due(now, silentSince time.Time, limit int) (keys string) {
	w.Helper()
	w.write(func(ctx ctx, tx control.Tx) error {
		list, err := tx.DueExecutions(ctx, now, silentSince, limit)
		for _, e := range list {
			keys += fmt.Sprintf("%s:%s ", e.Device.Key, e.State)
			if e.Update.ID != e.UpdateID {
				w.Errorf("execution %d comes without its update", e.ID)
			}
		}
		return err
	})
	return keys
}

var dueTests = []test{
	{"are those past their expiry and those in flight and silent", func(t *testing.T, w *world) {
		all := w.devices("a", "b", "c", "d", "e", "f")
		short := w.update(func(u *fleet.Update) { u.ExpiresAt = start.Add(time.Hour) })
		long := w.update(nil)
		w.executions(short, fleet.Scheduled, all[0])
		w.executions(short, fleet.Pending, all[1])
		cancelled := w.executions(short, fleet.Pending, all[2])[0]
		w.executions(long, fleet.Pending, all[3])
		flying := w.executions(short, fleet.Pending, all[4])[0]
		talking := w.executions(long, fleet.Pending, all[5])[0]
		w.advance(cancelled.ID, fleet.Pending, fleet.Cancel)
		w.now = start.Add(time.Minute)
		w.advance(flying.ID, fleet.Pending, fleet.Send)
		w.advance(talking.ID, fleet.Pending, fleet.Send)
		w.write(func(ctx ctx, tx control.Tx) error {
			return tx.InsertExecutionEvent(ctx, fleet.ExecutionEvent{
				ExecutionID: talking.ID, Event: fleet.StartTransfer, State: fleet.Sent, At: start.Add(30 * time.Minute),
			})
		})
		for _, c := range []struct {
			now, silentSince time.Duration
			limit            int
			want             string
		}{
			{59 * time.Minute, 0, 10, ""},
			{time.Hour, 0, 10, "a:scheduled b:pending "},
			{time.Hour, 0, 1, "a:scheduled "},
			{0, time.Minute, 10, "e:sent "},
			{0, 30 * time.Minute, 10, "e:sent f:sent "},
			{2 * time.Hour, time.Hour, 10, "a:scheduled b:pending e:sent f:sent "},
		} {
			if got := w.due(start.Add(c.now), start.Add(c.silentSince), c.limit); got != c.want {
				t.Errorf("%+v: got %q", c, got)
			}
		}
	}},
	{"are never final, whatever the way there", func(t *testing.T, w *world) {
		u := w.update(func(u *fleet.Update) { u.ExpiresAt = start })
		for i, m := range fleet.ExecutionTable {
			if !m.To.Final() {
				continue
			}
			e := w.executions(u, fleet.Pending, w.device(fmt.Sprint("d", i)))[0]
			w.write(func(ctx ctx, tx control.Tx) error {
				if m.From != fleet.Pending {
					err := tx.Advance(ctx, control.Advance{ExecutionID: e.ID, From: fleet.Pending, To: m.From, Event: fleet.Send, At: w.now})
					if err != nil {
						return err
					}
				}
				return tx.Advance(ctx, control.Advance{ExecutionID: e.ID, From: m.From, To: m.To, Event: m.On, At: w.now})
			})
		}
		if got := w.due(start.Add(time.Hour), start.Add(time.Hour), 1000); got != "" {
			t.Errorf("got %s", got)
		}
	}},
}
