package storetest

import (
	"math"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// file keeps a file of the device, or of the organisation.
func (w *world) file(device fleet.DeviceID, name string) fleet.File {
	w.Helper()
	f := fleet.File{
		UnitID: fleet.Root, DeviceID: device, Name: name, Size: 1 << 40, SHA256: "ab12", CRC32: math.MaxUint32,
		CreatedBy: "ada", CreatedAt: w.now,
	}
	w.write(func(ctx ctx, tx control.Tx) (err error) {
		f.ID, err = tx.InsertFile(ctx, f)
		return err
	})
	return f
}

var fileTests = []test{
	{"is read as it was written, and the newest of a name counts", func(t *testing.T, w *world) {
		d, other := w.device("one"), w.device("two")
		old, mine := w.file(0, "plan.sup"), w.file(d.ID, "plan.sup")
		newer := w.file(0, "plan.sup")
		if got := read(w.store.File(w.ctx, old.ID))(w); got != old {
			t.Errorf("got %+v, want %+v", got, old)
		}
		if got := read(w.store.FileByName(w.ctx, control.FileName{Name: "plan.sup"}))(w); got != newer {
			t.Errorf("got %+v, want %+v", got, newer)
		}
		if got := read(w.store.FileByName(w.ctx, control.FileName{Name: "plan.sup", DeviceID: d.ID}))(w); got != mine {
			t.Errorf("got %+v, want %+v", got, mine)
		}
		_, err := w.store.FileByName(w.ctx, control.FileName{Name: "plan.sup", DeviceID: other.ID})
		wantCode(t, err, fleet.NotFound)
		_, err = w.store.File(w.ctx, 99)
		wantCode(t, err, fleet.NotFound)
		got := read(w.store.Files(w.ctx, 0, page))(w)
		if len(got) != 2 || got[0] != newer || got[1] != old {
			t.Errorf("got %+v", got)
		}
		if got := read(w.store.Files(w.ctx, 0, control.Page{Limit: 1, After: int64(newer.ID)}))(w); len(got) != 1 || got[0] != old {
			t.Errorf("got %+v", got)
		}
		if got := read(w.store.Files(w.ctx, d.ID, page))(w); len(got) != 1 || got[0] != mine {
			t.Errorf("got %+v", got)
		}
	}},
	{"of a name is that of a unit, or of one above it", func(t *testing.T, w *world) {
		units := w.tree()
		made := map[fleet.UnitID]fleet.File{}
		w.write(func(ctx ctx, tx control.Tx) error {
			for _, unit := range []fleet.UnitID{fleet.Root, units.acme.ID, units.south.ID} {
				f := fleet.File{UnitID: unit, Name: "plan", CreatedAt: w.now}
				id, err := tx.InsertFile(ctx, f)
				if err != nil {
					return err
				}
				f.ID = id
				made[unit] = f
			}
			return nil
		})
		for _, row := range []struct {
			name control.FileName
			want fleet.File
		}{
			{control.FileName{UsedIn: units.roof.ID}, made[units.acme.ID]},
			{control.FileName{UsedIn: units.acme.ID}, made[units.acme.ID]},
			{control.FileName{UsedIn: fleet.Root}, made[fleet.Root]},
			{control.FileName{Within: []fleet.UnitID{units.acme.ID}}, made[units.acme.ID]},
			{control.FileName{}, made[units.south.ID]},
		} {
			row.name.Name = "plan"
			if got := read(w.store.FileByName(w.ctx, row.name))(w); got != row.want {
				t.Errorf("%+v: got %+v, want %+v", row.name, got, row.want)
			}
		}
		_, err := w.store.FileByName(w.ctx, control.FileName{Name: "plan", Within: []fleet.UnitID{units.roof.ID}})
		wantCode(t, err, fleet.NotFound)
	}},
	{"is deleted with all of its name and owner, but not what a release is made of", func(t *testing.T, w *world) {
		d := w.device("one")
		w.file(0, "plan.sup")
		mine, common := w.file(d.ID, "plan.sup"), w.file(0, "plan.sup")
		w.file(d.ID, "plan.sup")
		kept := w.file(d.ID, "other")
		w.write(func(ctx ctx, tx control.Tx) error { return tx.DeleteFiles(ctx, mine) })
		if got := read(w.store.Files(w.ctx, d.ID, page))(w); len(got) != 1 || got[0] != kept {
			t.Errorf("got %+v", got)
		}
		w.write(func(ctx ctx, tx control.Tx) error {
			_, err := tx.InsertRelease(ctx, fleet.Release{UnitID: fleet.Root, Name: "plan", Version: "2", Format: fleet.FormatSUP, FileID: common.ID, CreatedAt: w.now})
			return err
		})
		err := w.refused(fleet.Conflict, func(ctx ctx, tx control.Tx) error { return tx.DeleteFiles(ctx, common) })
		if want := "cannot delete plan.sup: release plan 2 is made of it"; fleet.Sentence(err) != want {
			t.Errorf("got %q, want %q", err, want)
		}
		if got := read(w.store.Files(w.ctx, 0, page))(w); len(got) != 2 {
			t.Errorf("got %+v", got)
		}
	}},
}
