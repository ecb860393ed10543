package storetest

import (
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

var parentTests = []test{
	{"is set by a compare-and-set, and finds what is bound", func(t *testing.T, w *world) {
		all := w.devices("gw", "other", "meter", "loose")
		gw, other, meter := all[0].ID, all[1].ID, all[2].ID
		set := func(from, to fleet.DeviceID) func(ctx ctx, tx control.Tx) error {
			return func(ctx ctx, tx control.Tx) error { return tx.SetParent(ctx, meter, from, to) }
		}
		w.write(set(0, gw))
		err := w.refused(fleet.Conflict, set(0, other))
		if want := "device meter was bound or unbound at the same moment"; fleet.Sentence(err) != want {
			t.Errorf("got %q, want %q", err, want)
		}
		w.refused(fleet.Conflict, set(other, 0))
		bound := read(w.store.Devices(w.ctx, control.DeviceFilter{ParentID: gw}, page))(w)
		if len(bound) != 1 || bound[0].ID != meter || bound[0].ParentID != gw {
			t.Errorf("got %+v", bound)
		}
		w.write(set(gw, 0))
		if d := read(w.store.Device(w.ctx, meter))(w); d.ParentID != 0 {
			t.Errorf("got %+v", d)
		}
		w.refused(fleet.NotFound, func(ctx ctx, tx control.Tx) error { return tx.SetParent(ctx, 99, 0, gw) })
	}},
	{"is kept with a new device", func(t *testing.T, w *world) {
		gw := w.device("gw")
		child := gw
		child.Key, child.ParentID = "meter", gw.ID
		w.write(func(ctx ctx, tx control.Tx) (err error) {
			child.ID, err = tx.InsertDevice(ctx, child)
			return err
		})
		if got := read(w.store.DeviceByKey(w.ctx, "meter"))(w); got != child {
			t.Errorf("got %+v, want %+v", got, child)
		}
	}},
	{"has the mail of what is bound to it, as far as it may be handed out", func(t *testing.T, w *world) {
		all := w.devices("gw", "meter", "rejected", "loose")
		gw := all[0].ID
		w.write(func(ctx ctx, tx control.Tx) error {
			for _, child := range all[1:3] {
				if err := tx.SetParent(ctx, child.ID, 0, gw); err != nil {
					return err
				}
			}
			if err := tx.SetDeviceState(ctx, all[2].ID, fleet.DeviceAccepted, fleet.DeviceRejected); err != nil {
				return err
			}
			for i, m := range []fleet.Message{
				{ID: "own", Session: "before"}, {ID: "begun", Started: true}, {ID: "handed", Session: "now"}, {ID: "over", ExpiresAt: w.now},
				{ID: "in time", ExpiresAt: w.now.Add(time.Microsecond)}, {ID: "acked"}, {ID: "meter"}, {ID: "rejected"}, {ID: "loose"},
			} {
				m.DeviceID, m.Command, m.CreatedAt = all[max(i-5, 0)].ID, "method.exec", w.now
				if err := tx.InsertMessage(ctx, m); err != nil {
					return err
				}
			}
			_, err := tx.AckMessage(ctx, "acked", w.now, fleet.Answer{})
			return err
		})
		ids := func(limit int) (list []string) {
			for _, m := range read(w.store.WaitingMail(w.ctx, gw, "now", w.now, limit))(w) {
				list = append(list, m.ID)
			}
			return list
		}
		if got := ids(10); len(got) != 3 || got[0] != "own" || got[1] != "in time" || got[2] != "meter" {
			t.Errorf("got %q", got)
		}
		if got := ids(1); len(got) != 1 || got[0] != "own" {
			t.Errorf("got %q", got)
		}
		if got := read(w.store.Mailbox(w.ctx, gw, 10))(w); len(got) != 5 {
			t.Errorf("the mailbox has %+v", got)
		}
	}},
}
