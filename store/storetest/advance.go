package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

var advanceTests = []test{
	{"sets state, reason and times, and writes the event", func(t *testing.T, w *world) {
		e := w.executions(w.update(nil), fleet.Pending, w.device("a"))[0]
		move := func(a control.Advance) fleet.Execution {
			t.Helper()
			w.now = w.now.Add(time.Second)
			a.ExecutionID, a.At = e.ID, w.now
			w.write(func(ctx ctx, tx control.Tx) error { return tx.Advance(ctx, a) })
			return read(w.store.Execution(w.ctx, e.ID))(w)
		}
		sent := w.now.Add(time.Second)
		got := move(control.Advance{From: fleet.Pending, To: fleet.Sent, Event: fleet.Send})
		if got.State != fleet.Sent || !got.SentAt.Equal(sent) || !got.ChangedAt.Equal(sent) || got.Attempt != 1 {
			t.Errorf("got %+v", got)
		}
		got = move(control.Advance{From: fleet.Sent, To: fleet.Pending, Event: fleet.Retry, Reason: "no room", NewAttempt: true})
		if got.State != fleet.Pending || !got.SentAt.Equal(sent) || got.Attempt != 2 || got.Reason != "no room" {
			t.Errorf("got %+v", got)
		}
		got = move(control.Advance{From: fleet.Pending, To: fleet.Sent, Event: fleet.Send})
		if !got.SentAt.Equal(sent) || got.Reason != "" || !got.FinishedAt.IsZero() {
			t.Errorf("got %+v", got)
		}
		got = move(control.Advance{From: fleet.Sent, To: fleet.Succeeded, Event: fleet.Succeed, Reason: "ok", DeviceAt: start})
		if !got.FinishedAt.Equal(w.now) || got.State != fleet.Succeeded {
			t.Errorf("got %+v", got)
		}
		events := read(w.store.ExecutionEvents(w.ctx, e.ID, page, false))(w)
		words := ""
		for _, v := range events {
			words += fmt.Sprintf("%s>%s ", v.Event, v.State)
		}
		if words != "create>pending send>sent retry>pending send>sent succeed>succeeded " {
			t.Errorf("got %s", words)
		}
		last := events[4]
		if last.Detail != "ok" || !last.At.Equal(w.now) || !last.DeviceAt.Equal(start) || last.Mismatch {
			t.Errorf("got %+v", last)
		}
	}},
	{"from a state that it has left is a conflict and writes nothing", func(t *testing.T, w *world) {
		u := w.update(nil)
		e := w.executions(u, fleet.Pending, w.device("a"))[0]
		w.advance(e.ID, fleet.Pending, fleet.Cancel)
		err := w.refused(fleet.Conflict, func(ctx ctx, tx control.Tx) error {
			return tx.Advance(ctx, control.Advance{ExecutionID: e.ID, From: fleet.Pending, To: fleet.Sent, Event: fleet.Send, At: w.now})
		})
		if want := fmt.Sprintf("execution %d is no longer pending, it is cancelled", e.ID); fleet.Sentence(err) != want {
			t.Errorf("got %q, want %q", fleet.Sentence(err), want)
		}
		if got := read(w.store.ExecutionEvents(w.ctx, e.ID, page, false))(w); len(got) != 2 {
			t.Errorf("got %+v", got)
		}
	}},
	{"is won by one of many at once", func(t *testing.T, w *world) {
		u := w.update(nil)
		for i := range 5 {
			e := w.executions(u, fleet.Pending, w.device(fmt.Sprint("d", i)))[0]
			var wg sync.WaitGroup
			var won atomic.Int32
			for k := range 8 {
				wg.Go(func() {
					a := control.Advance{ExecutionID: e.ID, From: fleet.Pending, To: fleet.Sent, Event: fleet.Send, At: w.now}
					if k%2 == 0 {
						a.To, a.Event = fleet.Cancelled, fleet.Cancel
					}
					err := w.store.Write(w.ctx, func(ctx ctx, tx control.Tx) error { return tx.Advance(ctx, a) })
					if err == nil {
						won.Add(1)
					} else if fleet.CodeOf(err) != fleet.Conflict {
						t.Errorf("got %v", err)
					}
				})
			}
			wg.Wait()
			if won.Load() != 1 || len(read(w.store.ExecutionEvents(w.ctx, e.ID, page, false))(w)) != 2 {
				t.Errorf("%d won", won.Load())
			}
		}
		w.recount(u.ID)
	}},
	{"of many executions of one update at once keeps the counts", func(t *testing.T, w *world) {
		var keys []string
		for i := range 32 {
			keys = append(keys, fmt.Sprint("d", i))
		}
		u := w.update(nil)
		var wg sync.WaitGroup
		for _, e := range w.executions(u, fleet.Pending, w.devices(keys...)...) {
			wg.Go(func() {
				for _, a := range []control.Advance{
					{From: fleet.Pending, To: fleet.Sent, Event: fleet.Send}, {From: fleet.Sent, To: fleet.Succeeded, Event: fleet.Succeed},
				} {
					a.ExecutionID, a.At = e.ID, w.now
					if err := w.store.Write(w.ctx, func(ctx ctx, tx control.Tx) error { return tx.Advance(ctx, a) }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		w.recount(u.ID)
		if got := read(w.store.Update(w.ctx, u.ID))(w).Counts; got.ByState[fleet.Succeeded] != 32 || got.Sent() != 32 {
			t.Errorf("got %+v", got)
		}
	}},
	{"leaves room for reports that move nothing", func(t *testing.T, w *world) {
		e := w.executions(w.update(nil), fleet.Pending, w.device("a"))[0]
		w.advance(e.ID, fleet.Pending, fleet.Cancel)
		w.write(func(ctx ctx, tx control.Tx) error {
			return tx.InsertExecutionEvent(ctx, fleet.ExecutionEvent{
				ExecutionID: e.ID, Event: fleet.Succeed, State: fleet.Cancelled, Detail: "zu spät", Mismatch: true, At: w.now, DeviceAt: w.now,
			})
		})
		got := read(w.store.ExecutionEvents(w.ctx, e.ID, page, false))(w)
		if len(got) != 3 || !got[2].Mismatch || got[2].Detail != "zu spät" || !got[2].DeviceAt.Equal(w.now) {
			t.Errorf("got %+v", got)
		}
		if got := read(w.store.Execution(w.ctx, e.ID))(w); got.State != fleet.Cancelled {
			t.Errorf("got %s", got.State)
		}
	}},
	{"keeps of reports that move nothing the first and the latest", func(t *testing.T, w *world) {
		e := w.executions(w.update(nil), fleet.Pending, w.device("a"))[0]
		w.advance(e.ID, fleet.Pending, fleet.Send)
		again := func(n int) {
			w.write(func(ctx ctx, tx control.Tx) error {
				return tx.InsertExecutionEvent(ctx, fleet.ExecutionEvent{ExecutionID: e.ID, Event: fleet.Send, State: fleet.Sent,
					Detail: fmt.Sprint(n), At: w.now})
			})
		}
		for n := range fleet.MaxUnmoving + 20 {
			again(n)
		}
		w.advance(e.ID, fleet.Sent, fleet.Succeed)
		w.write(func(ctx ctx, tx control.Tx) error {
			return tx.InsertExecutionEvent(ctx, fleet.ExecutionEvent{ExecutionID: e.ID, Event: fleet.Fail, State: fleet.Succeeded, Mismatch: true, At: w.now})
		})
		got := read(w.store.ExecutionEvents(w.ctx, e.ID, control.Page{Limit: 1000}, false))(w)
		if len(got) != 3+fleet.MaxUnmoving || got[2].Detail != "0" || got[fleet.MaxUnmoving].Detail != fmt.Sprint(fleet.MaxUnmoving-2) {
			t.Fatalf("%d are kept: %+v", len(got), got)
		}
		if last, move := got[len(got)-1], got[len(got)-2]; !last.Mismatch || move.State != fleet.Succeeded {
			t.Errorf("it ends with %+v, %+v", move, last)
		}
		newest := read(w.store.ExecutionEvents(w.ctx, e.ID, control.Page{Limit: 2}, true))(w)
		before := read(w.store.ExecutionEvents(w.ctx, e.ID, control.Page{Limit: 2, After: newest[1].ID}, true))(w)
		if !newest[0].Mismatch || newest[1].State != fleet.Succeeded || before[0].Detail != got[len(got)-3].Detail {
			t.Errorf("got %+v, then %+v", newest, before)
		}
	}},
}
