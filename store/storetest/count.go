package storetest

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// recount compares the counts of an update with its executions.
func (w *world) recount(id fleet.UpdateID) {
	w.Helper()
	want := fleet.Counts{ByState: map[fleet.State]int{}, Unsent: map[fleet.State]int{}}
	for _, e := range read(w.store.Executions(w.ctx, control.ExecutionFilter{UpdateID: id}, page))(w) {
		want.ByState[e.State]++
		if e.SentAt.IsZero() {
			want.Unsent[e.State]++
		}
		if e.State.Final() == e.FinishedAt.IsZero() {
			w.Errorf("execution %d is %s, finished at %v", e.ID, e.State, e.FinishedAt)
		}
	}
	if got := read(w.store.Update(w.ctx, id))(w).Counts; !reflect.DeepEqual(got, want) {
		w.Errorf("update %d: counts are %+v, a recount gives %+v", id, got, want)
	}
}

var countTests = []test{
	{"equal a recount after any walk over the table", func(t *testing.T, w *world) {
		const seed = 20261121
		t.Logf("seed %d", seed)
		rnd := rand.New(rand.NewPCG(seed, 0))
		var keys []string
		for i := range 20 {
			keys = append(keys, fmt.Sprint("d", i))
		}
		devices := w.devices(keys...)
		for range 2 {
			u := w.update(nil)
			all := w.executions(u, fleet.Pending, devices[:15]...)
			all = append(all, w.executions(u, fleet.Scheduled, devices[15:]...)...)
			for step := range 150 {
				e := &all[rnd.IntN(len(all))]
				var legal []fleet.Move
				for _, m := range fleet.ExecutionTable {
					if m.From == e.State {
						legal = append(legal, m)
					}
				}
				if len(legal) == 0 {
					continue
				}
				m := legal[rnd.IntN(len(legal))]
				a := control.Advance{ExecutionID: e.ID, From: m.From, To: m.To, Event: m.On, At: w.now}
				if rnd.IntN(5) == 0 { // undone with its transaction
					w.refused(fleet.Denied, func(ctx ctx, tx control.Tx) error {
						if err := tx.Advance(ctx, a); err != nil {
							return err
						}
						return fleet.Errorf(fleet.Denied, "no")
					})
				} else {
					w.write(func(ctx ctx, tx control.Tx) error { return tx.Advance(ctx, a) })
					e.State = m.To
				}
				if step%25 == 0 {
					w.recount(u.ID)
				}
			}
			w.recount(u.ID)
		}
	}},
}
