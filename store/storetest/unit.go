package storetest

import (
	"fmt"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// unit makes a unit below another and returns it as it is stored.
func (w *world) unit(parent fleet.UnitID, kind fleet.UnitKind, name string) fleet.Unit {
	w.Helper()
	var id fleet.UnitID
	w.write(func(ctx ctx, tx control.Tx) (err error) {
		id, err = tx.InsertUnit(ctx, fleet.Unit{ParentID: parent, Kind: kind, Name: name})
		return err
	})
	return read(w.store.Unit(w.ctx, id))(w)
}

// tree is service > north > acme > roof, and service > south.
type tree struct{ north, acme, roof, south fleet.Unit }

func (w *world) tree() (t tree) {
	w.Helper()
	t.north = w.unit(fleet.Root, fleet.Channel, "North")
	t.acme = w.unit(t.north.ID, fleet.Customer, "Acme")
	t.roof = w.unit(t.acme.ID, fleet.OU, "Roof")
	t.south = w.unit(fleet.Root, fleet.Channel, "South")
	return t
}

// place makes a device in a unit.
func (w *world) place(key string, unit fleet.UnitID) fleet.Device {
	w.Helper()
	d := w.device(key)
	w.write(func(ctx ctx, tx control.Tx) error { return tx.PlaceDevice(ctx, d.ID, unit, "") })
	d.UnitID = unit
	return d
}

// within checks what a list holds that is kept to some units: the words of
// want are for everywhere, nowhere, acme, north with south, and roof.
func (w *world) within(what string, t tree, list func(p control.Page) string, want [5]string) {
	w.Helper()
	for i, units := range [][]fleet.UnitID{nil, {}, {t.acme.ID}, {t.north.ID, t.south.ID}, {t.roof.ID}} {
		if got := list(control.Page{Limit: 1000, Within: units}); got != want[i] {
			w.Errorf("%s within %v: got %q, want %q", what, units, got, want[i])
		}
	}
}

// namesOf joins the names of things.
func namesOf[T any](all []T, name func(T) any) (names string) {
	for i, v := range all {
		names += fmt.Sprint([]string{"", " "}[min(i, 1)], name(v))
	}
	return names
}

var unitTests = []test{
	{"knows the way from the root", func(t *testing.T, w *world) {
		root := read(w.store.Unit(w.ctx, fleet.Root))(w)
		if root.Path != "/1/" || root.Kind != fleet.Service || root.ParentID != 0 {
			t.Errorf("got %+v", root)
		}
		units := w.tree()
		want := fleet.Unit{ID: units.roof.ID, ParentID: units.acme.ID, Kind: fleet.OU, Name: "Roof", Path: units.acme.Path + units.roof.ID.String() + "/"}
		if units.roof != want || !root.Covers(units.roof) || units.south.Covers(units.roof) {
			t.Errorf("got %+v, want %+v", units.roof, want)
		}
		_, err := w.store.Unit(w.ctx, 99)
		wantCode(t, err, fleet.NotFound)
		w.refused(fleet.NotFound, func(ctx ctx, tx control.Tx) error {
			_, err := tx.InsertUnit(ctx, fleet.Unit{ParentID: 99, Kind: fleet.OU, Name: "x"})
			return err
		})
		w.refused(fleet.Internal, func(ctx ctx, tx control.Tx) error {
			_, err := tx.InsertUnit(ctx, fleet.Unit{ParentID: fleet.Root, Kind: "other", Name: "x"})
			return err
		})
	}},
	{"has a name of its own below its parent", func(t *testing.T, w *world) {
		units := w.tree()
		w.write(func(ctx ctx, tx control.Tx) error {
			_, err := tx.InsertUnit(ctx, fleet.Unit{ParentID: fleet.Root, Kind: fleet.Channel, Name: "North"})
			wantCode(t, err, fleet.Conflict)
			_, err = tx.InsertUnit(ctx, fleet.Unit{ParentID: units.north.ID, Kind: fleet.Customer, Name: "North"})
			return err
		})
		w.refused(fleet.Conflict, func(ctx ctx, tx control.Tx) error { return tx.SetUnitName(ctx, units.south.ID, "North") })
		w.refused(fleet.NotFound, func(ctx ctx, tx control.Tx) error { return tx.SetUnitName(ctx, 99, "x") })
		w.write(func(ctx ctx, tx control.Tx) error { return tx.SetUnitName(ctx, units.south.ID, "Süd") })
		if got := read(w.store.Unit(w.ctx, units.south.ID))(w); got.Name != "Süd" || got.Path != units.south.Path {
			t.Errorf("got %+v", got)
		}
	}},
	{"is listed by id, a page at a time, and with what is below it", func(t *testing.T, w *world) {
		w.within("units", w.tree(), func(p control.Page) string {
			var all []fleet.Unit
			for p.Limit = 2; ; p.After = int64(all[len(all)-1].ID) {
				part := read(w.store.Units(w.ctx, p))(w)
				all = append(all, part...)
				if len(part) < p.Limit {
					return namesOf(all, func(u fleet.Unit) any { return u.Name })
				}
			}
		}, [5]string{"Service North Acme Roof South", "", "Acme Roof", "North Acme Roof South", "Roof"})
	}},
}
