package storetest

import (
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

var waitingTests = []test{
	{"counts what is still to be sent to a device, and to a group", func(t *testing.T, w *world) {
		all := w.devices("a", "b")
		g := w.group(fleet.Root, "g", all...)
		given := w.executions(w.update(func(u *fleet.Update) { u.GroupID = g.ID }), fleet.Pending, all...)
		w.executions(w.update(nil), fleet.Scheduled, all[0])
		want := func(device fleet.DeviceID, group fleet.GroupID, n int) {
			t.Helper()
			if got := read(w.store.Waiting(w.ctx, device, group))(w); got != n {
				t.Errorf("device %d, group %d: got %d, want %d", device, group, got, n)
			}
		}
		want(all[0].ID, 0, 2)
		want(all[1].ID, 0, 1)
		want(0, g.ID, 2)
		want(0, 0, 0)
		w.advance(given[0].ID, fleet.Pending, fleet.Send)
		want(all[0].ID, 0, 1)
		want(0, g.ID, 1)
		w.advance(given[1].ID, fleet.Pending, fleet.Cancel)
		want(all[1].ID, 0, 0)
		want(0, g.ID, 0)
	}},
	{"lists the updates of a group, with what was typed", func(t *testing.T, w *world) {
		g := w.group(fleet.Root, "g")
		u := w.update(func(u *fleet.Update) { u.GroupID, u.Content, u.Type = g.ID, "- hosts: all\n", fleet.JetPorch })
		w.update(nil)
		got := read(w.store.Updates(w.ctx, control.UpdateFilter{GroupID: g.ID}, page))(w)
		if len(got) != 1 || got[0].ID != u.ID || got[0].Content != u.Content || got[0].GroupID != g.ID {
			t.Errorf("got %+v", got)
		}
	}},
}
