package storetest

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

var executionTests = []test{
	{"begins with its first event, and a refused one is finished at once", func(t *testing.T, w *world) {
		all := w.devices("a", "b", "c")
		u := w.update(func(u *fleet.Update) { u.ReleaseID = w.release("1").ID })
		w.write(func(ctx ctx, tx control.Tx) error {
			return tx.InsertExecutions(ctx, []fleet.Execution{
				{UpdateID: u.ID, DeviceID: all[0].ID, State: fleet.Pending, Attempt: 1, CreatedAt: w.now},
				{UpdateID: u.ID, DeviceID: all[1].ID, State: fleet.Scheduled, Reason: "outside the window", Attempt: 1, CreatedAt: w.now},
				{UpdateID: u.ID, DeviceID: all[2].ID, State: fleet.Refused, Reason: "model is “x”", Attempt: 1, CreatedAt: w.now},
			})
		})
		list := read(w.store.Executions(w.ctx, control.ExecutionFilter{UpdateID: u.ID}, page))(w)
		if len(list) != 3 || list[0].Device != all[2] || list[2].Device != all[0] {
			t.Fatalf("got %+v", list)
		}
		for i, want := range []struct {
			event  fleet.Event
			state  fleet.State
			reason string
		}{{fleet.Refuse, fleet.Refused, "model is “x”"}, {fleet.Create, fleet.Scheduled, "outside the window"}, {fleet.Create, fleet.Pending, ""}} {
			e := read(w.store.Execution(w.ctx, list[i].ID))(w)
			if e.State != want.state || e.Reason != want.reason || e.Attempt != 1 || !e.CreatedAt.Equal(w.now) ||
				!e.ChangedAt.Equal(w.now) || !e.SentAt.IsZero() || e.FinishedAt.IsZero() == e.State.Final() {
				t.Errorf("got %+v", e)
			}
			if e.Update.Title != u.Title || e.Update.Release.File.Name != "config.sup" || e.Device != list[i].Device {
				t.Errorf("not complete: %+v", e)
			}
			events := read(w.store.ExecutionEvents(w.ctx, e.ID, page, false))(w)
			if len(events) != 1 || events[0].Event != want.event || events[0].State != want.state ||
				events[0].Detail != want.reason || !events[0].At.Equal(w.now) || !events[0].DeviceAt.IsZero() {
				t.Errorf("got %+v", events)
			}
		}
	}},
	{"of one update on one device exists once", func(t *testing.T, w *world) {
		d, u := w.device("a"), w.update(nil)
		w.executions(u, fleet.Pending, d)
		w.refused(fleet.Conflict, func(ctx ctx, tx control.Tx) error {
			return tx.InsertExecutions(ctx, []fleet.Execution{{UpdateID: u.ID, DeviceID: d.ID, State: fleet.Pending, CreatedAt: w.now}})
		})
	}},
	{"that does not exist is not found", func(t *testing.T, w *world) {
		_, err := w.store.Execution(w.ctx, 99)
		wantCode(t, err, fleet.NotFound)
		for _, fn := range []func(ctx ctx, tx control.Tx) error{
			func(ctx ctx, tx control.Tx) error { return tx.SetExecutionReason(ctx, 99, "x") },
			func(ctx ctx, tx control.Tx) error { return tx.SetConfirmation(ctx, 99, nil) },
			func(ctx ctx, tx control.Tx) error {
				return tx.InsertExecutionEvent(ctx, fleet.ExecutionEvent{ExecutionID: 99})
			},
			func(ctx ctx, tx control.Tx) error {
				return tx.Advance(ctx, control.Advance{ExecutionID: 99, From: fleet.Pending, To: fleet.Sent, Event: fleet.Send, At: w.now})
			},
		} {
			w.refused(fleet.NotFound, fn)
		}
		if got := read(w.store.ExecutionEvents(w.ctx, 99, page, false))(w); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	}},
	{"is listed by update, device and state, a page at a time", func(t *testing.T, w *world) {
		all := w.devices("a", "b")
		one, two := w.update(nil), w.update(nil)
		w.executions(one, fleet.Pending, all...)
		w.executions(two, fleet.Scheduled, all...)
		for _, c := range []struct {
			filter control.ExecutionFilter
			want   string
		}{
			{control.ExecutionFilter{}, "4 3 2 1"},
			{control.ExecutionFilter{UpdateID: one.ID}, "2 1"},
			{control.ExecutionFilter{DeviceID: all[0].ID}, "3 1"},
			{control.ExecutionFilter{DeviceID: all[1].ID, States: []fleet.State{fleet.Scheduled, fleet.Sent}}, "4"},
			{control.ExecutionFilter{States: []fleet.State{fleet.Pending, fleet.Scheduled}}, "4 3 2 1"},
			{control.ExecutionFilter{States: []fleet.State{fleet.Failed}}, ""},
		} {
			got := ""
			p := control.Page{Limit: 1}
			for {
				part := read(w.store.Executions(w.ctx, c.filter, p))(w)
				if len(part) == 0 {
					break
				}
				got += fmt.Sprintf(" %d", part[0].ID)
				p.After = int64(part[0].ID)
			}
			if got = strings.TrimSpace(got); got != c.want {
				t.Errorf("%+v: got %q, want %q", c.filter, got, c.want)
			}
		}
	}},
	{"tells since when one of a type is pending", func(t *testing.T, w *world) {
		all := w.devices("a", "b", "c")
		sup := w.update(nil)
		jet := w.update(func(u *fleet.Update) { u.Type = fleet.JetPorch })
		w.executions(sup, fleet.Pending, all[0])
		w.now = w.now.Add(time.Minute)
		w.executions(jet, fleet.Pending, all[0], all[1])
		w.executions(w.update(nil), fleet.Pending, all[0])
		w.advance(w.executions(sup, fleet.Pending, all[2])[0].ID, fleet.Pending, fleet.Cancel)
		got := read(w.store.PendingSince(w.ctx, fleet.SUP, []fleet.DeviceID{all[0].ID, all[1].ID, all[2].ID, 99}))(w)
		if len(got) != 1 || !got[all[0].ID].Equal(start) {
			t.Errorf("got %v", got)
		}
		if got := read(w.store.PendingSince(w.ctx, fleet.JetPorch, []fleet.DeviceID{all[1].ID}))(w); len(got) != 1 || !got[all[1].ID].Equal(w.now) {
			t.Errorf("got %v", got)
		}
	}},
	{"keeps reason and confirmation", func(t *testing.T, w *world) {
		e := w.executions(w.update(nil), fleet.Pending, w.device("a"))[0]
		w.write(func(ctx ctx, tx control.Tx) error {
			if err := tx.SetExecutionReason(ctx, e.ID, "wartet auf …"); err != nil {
				return err
			}
			return tx.SetConfirmation(ctx, e.ID, []byte(`{"a": "ü"}`))
		})
		got := read(w.store.Execution(w.ctx, e.ID))(w)
		if got.Reason != "wartet auf …" || string(got.Confirmation) != `{"a": "ü"}` {
			t.Errorf("got %+v", got)
		}
	}},
	{"is made ten thousand at a time in little memory", func(t *testing.T, w *world) {
		const updates, each = 10, 1000
		keys := make([]string, each)
		for i := range keys {
			keys[i] = fmt.Sprint(i)
		}
		devices := w.devices(keys...)
		var list []fleet.Execution
		for range updates {
			u := w.update(nil)
			for _, d := range devices {
				list = append(list, fleet.Execution{UpdateID: u.ID, DeviceID: d.ID, State: fleet.Pending, Attempt: 1, CreatedAt: w.now})
			}
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		w.write(func(ctx ctx, tx control.Tx) error { return tx.InsertExecutions(ctx, list) })
		runtime.GC()
		runtime.ReadMemStats(&after)
		// What stays; the suite's other tests allocate beside it.
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 64<<20 {
			t.Errorf("the heap grew by %d MiB", grown>>20)
		}
		for _, u := range read(w.store.Updates(w.ctx, control.UpdateFilter{}, page))(w) {
			if u.Counts.ByState[fleet.Pending] != each || u.Counts.Sent() != 0 {
				t.Errorf("update %d: got %+v", u.ID, u.Counts)
			}
		}
	}},
}
