package storetest

import (
	"reflect"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

var updateTests = []test{
	{"is read with its release and counts", func(t *testing.T, w *world) {
		v := w.release("1")
		u := w.update(func(u *fleet.Update) {
			u.ReleaseID, u.Release, u.Retries, u.ExpiresAt = v.ID, v, 3, w.now.Add(time.Hour)
		})
		all := w.devices("a", "b", "c")
		w.executions(u, fleet.Pending, all[0], all[1])
		w.executions(u, fleet.Refused, all[2])
		u.Counts = fleet.Counts{
			ByState: map[fleet.State]int{fleet.Pending: 2, fleet.Refused: 1},
			Unsent:  map[fleet.State]int{fleet.Pending: 2, fleet.Refused: 1},
		}
		u.StatusAt = w.now
		if got := read(w.store.Update(w.ctx, u.ID))(w); !reflect.DeepEqual(got, u) {
			t.Errorf("got %+v, want %+v", got, u)
		}
		empty := w.update(nil)
		list := read(w.store.Updates(w.ctx, control.UpdateFilter{}, page))(w)
		if len(list) != 2 || list[0].ID != empty.ID || !reflect.DeepEqual(list[1], u) || list[0].Counts.Total() != 0 {
			t.Errorf("got %+v", list)
		}
		if got := read(w.store.Updates(w.ctx, control.UpdateFilter{}, control.Page{After: int64(empty.ID), Limit: 1}))(w); len(got) != 1 || got[0].ID != u.ID {
			t.Errorf("got %+v", got)
		}
		_, err := w.store.Update(w.ctx, 99)
		wantCode(t, err, fleet.NotFound)
	}},
	{"checks first, and another applies the check", func(t *testing.T, w *world) {
		check := w.update(func(u *fleet.Update) {
			u.Check, u.Variables = true, map[string]string{"speed": "9600", "größe": "<1>"}
		})
		apply := w.update(func(u *fleet.Update) { u.CheckID, u.Variables = check.ID, check.Variables })
		for _, u := range []fleet.Update{check, apply} {
			got := read(w.store.Update(w.ctx, u.ID))(w)
			if got.Check != u.Check || got.CheckID != u.CheckID || !reflect.DeepEqual(got.Variables, u.Variables) {
				t.Errorf("got %+v, want %+v", got, u)
			}
		}
		for id, want := range map[fleet.UpdateID]string{check.ID: "2", apply.ID: ""} {
			got := namesOf(read(w.store.Updates(w.ctx, control.UpdateFilter{CheckID: id}, page))(w), func(u fleet.Update) any { return u.ID })
			if got != want {
				t.Errorf("update %d is applied by %q, want %q", id, got, want)
			}
		}
		w.refused(fleet.Invalid, func(ctx ctx, tx control.Tx) error {
			_, err := tx.InsertUpdate(ctx, fleet.Update{UnitID: fleet.Root, Type: fleet.JetPorch, Form: fleet.Command, CheckID: 99})
			return err
		})
	}},
	{"of every type is kept, of another is not", func(t *testing.T, w *world) {
		for _, ut := range fleet.UpdateTypes {
			w.update(func(u *fleet.Update) { u.Type = ut })
		}
		w.refused(fleet.Internal, func(ctx ctx, tx control.Tx) error {
			_, err := tx.InsertUpdate(ctx, fleet.Update{UnitID: fleet.Root, Type: "other", Form: fleet.Command})
			return err
		})
	}},
}
