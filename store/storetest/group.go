package storetest

import (
	"reflect"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// group makes a group of the devices.
func (w *world) group(unit fleet.UnitID, name string, devices ...fleet.Device) fleet.Group {
	w.Helper()
	g := fleet.Group{UnitID: unit, Name: name, Description: "größer", CreatedBy: "ada", CreatedAt: w.now, Members: len(devices)}
	w.write(func(ctx ctx, tx control.Tx) (err error) {
		if g.ID, err = tx.InsertGroup(ctx, g); err != nil {
			return err
		}
		return tx.AddMembers(ctx, g.ID, idsOf(devices...))
	})
	return g
}

func idsOf(devices ...fleet.Device) (ids []fleet.DeviceID) {
	for _, d := range devices {
		ids = append(ids, d.ID)
	}
	return ids
}

func (w *world) members(g fleet.Group) string {
	w.Helper()
	return namesOf(read(w.store.MemberIDs(w.ctx, g.ID))(w), func(id fleet.DeviceID) any { return id })
}

var groupTests = []test{
	{"is read as it was written, and changed", func(t *testing.T, w *world) {
		g := w.group(fleet.Root, "Roofs", w.devices("a", "b")...)
		if got := read(w.store.Group(w.ctx, g.ID))(w); got != g {
			t.Errorf("got %+v, want %+v", got, g)
		}
		g.Name, g.Description = "Dächer", ""
		w.write(func(ctx ctx, tx control.Tx) error { return tx.SetGroup(ctx, g) })
		if got := read(w.store.Groups(w.ctx, control.GroupFilter{Text: "DÄCH"}, page))(w); len(got) != 1 || got[0] != g {
			t.Errorf("got %+v, want %+v", got, g)
		}
		other := w.group(fleet.Root, "Other")
		w.refused(fleet.Conflict, func(ctx ctx, tx control.Tx) error {
			other.Name = g.Name
			return tx.SetGroup(ctx, other)
		})
		w.write(func(ctx ctx, tx control.Tx) error {
			_, err := tx.InsertGroup(ctx, g)
			wantCode(t, err, fleet.Conflict)
			return nil
		})
		_, err := w.store.Group(w.ctx, 99)
		wantCode(t, err, fleet.NotFound)
	}},
	{"takes and gives members, each once", func(t *testing.T, w *world) {
		all := w.devices("a", "b", "c")
		g := w.group(fleet.Root, "g", all[2], all[0])
		w.write(func(ctx ctx, tx control.Tx) error { return tx.AddMembers(ctx, g.ID, idsOf(all[0], all[1])) })
		if got := w.members(g); got != "1 2 3" {
			t.Errorf("got %s", got)
		}
		w.write(func(ctx ctx, tx control.Tx) error {
			return tx.RemoveMembers(ctx, g.ID, []fleet.DeviceID{all[1].ID, 99})
		})
		if got := w.members(g); got != "1 3" {
			t.Errorf("got %s", got)
		}
		found := read(w.store.Devices(w.ctx, control.DeviceFilter{GroupID: g.ID}, control.Page{Limit: 1, After: 1}))(w)
		if len(found) != 1 || found[0] != all[2] {
			t.Errorf("got %+v", found)
		}
		w.refused(fleet.Invalid, func(ctx ctx, tx control.Tx) error { return tx.AddMembers(ctx, g.ID, []fleet.DeviceID{99}) })
	}},
	{"is deleted, and the updates that it was given stay", func(t *testing.T, w *world) {
		d := w.device("a")
		g := w.group(fleet.Root, "g", d)
		u := w.update(func(u *fleet.Update) { u.GroupID = g.ID })
		w.executions(u, fleet.Pending, d)
		w.write(func(ctx ctx, tx control.Tx) error { return tx.DeleteGroup(ctx, g.ID) })
		w.refused(fleet.NotFound, func(ctx ctx, tx control.Tx) error { return tx.DeleteGroup(ctx, g.ID) })
		if got := w.members(g); got != "" {
			t.Errorf("got members %s", got)
		}
		if got := read(w.store.Update(w.ctx, u.ID))(w); got.GroupID != g.ID {
			t.Errorf("got %+v", got)
		}
		if again := w.group(fleet.Root, "g"); again.ID == g.ID {
			t.Error("the id was given twice")
		}
	}},
	{"is listed by unit and by device", func(t *testing.T, w *world) {
		units := w.tree()
		d := w.place("a", units.roof.ID)
		w.group(units.acme.ID, "acme", d)
		w.group(units.roof.ID, "roof", d)
		w.group(units.south.ID, "south")
		name := func(g fleet.Group) any { return g.Name }
		w.within("groups", units, func(p control.Page) string {
			return namesOf(read(w.store.Groups(w.ctx, control.GroupFilter{}, p))(w), name)
		}, [5]string{"acme roof south", "", "acme roof", "acme roof south", "roof"})
		for f, want := range map[control.GroupFilter]string{
			{DeviceID: d.ID}: "acme roof", {UnitID: units.acme.ID}: "acme", {Text: "o"}: "roof south", {DeviceID: 99}: "",
		} {
			if got := namesOf(read(w.store.Groups(w.ctx, f, page))(w), name); got != want {
				t.Errorf("%+v: got %q, want %q", f, got, want)
			}
		}
	}},
	{"is listed for many devices at once", func(t *testing.T, w *world) {
		units := w.tree()
		a, b := w.place("a", units.roof.ID), w.place("b", units.roof.ID)
		acme, roof := w.group(units.acme.ID, "acme", a, b), w.group(units.roof.ID, "roof", b)
		for _, row := range []struct {
			within []fleet.UnitID
			want   map[fleet.DeviceID][]fleet.Group
		}{
			{nil, map[fleet.DeviceID][]fleet.Group{a.ID: {acme}, b.ID: {acme, roof}}},
			{[]fleet.UnitID{units.roof.ID}, map[fleet.DeviceID][]fleet.Group{b.ID: {roof}}},
			{[]fleet.UnitID{}, map[fleet.DeviceID][]fleet.Group{}},
		} {
			if got := read(w.store.GroupsOf(w.ctx, []fleet.DeviceID{a.ID, b.ID, 99}, row.within))(w); !reflect.DeepEqual(got, row.want) {
				t.Errorf("within %v: got %+v, want %+v", row.within, got, row.want)
			}
		}
		if got := read(w.store.GroupsOf(w.ctx, nil, nil))(w); len(got) != 0 {
			t.Errorf("got %+v", got)
		}
	}},
	{"loses a device that moves out of its unit, and keeps one that moves inside", func(t *testing.T, w *world) {
		units := w.tree()
		d := w.place("a", units.roof.ID)
		acme, roof := w.group(units.acme.ID, "acme", d), w.group(units.roof.ID, "roof", d)
		move := func(to fleet.UnitID) {
			w.write(func(ctx ctx, tx control.Tx) error { return tx.PlaceDevice(ctx, d.ID, to, "") })
		}
		move(units.acme.ID)
		if got := w.members(acme) + "," + w.members(roof); got != "1," {
			t.Errorf("inside: got %s", got)
		}
		move(units.south.ID)
		if got := w.members(acme); got != "" {
			t.Errorf("outside: got %s", got)
		}
	}},
}
