package storetest

import (
	"math"
	"reflect"
	"testing"

	"github.com/sluicehq/sluice/compat"
	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/variable"
)

// release makes a release of a file.
func (w *world) release(version string) fleet.Release {
	w.Helper()
	v := fleet.Release{
		UnitID: fleet.Root, Name: "config", Version: version, ReleaseCounter: math.MaxUint64, Format: fleet.FormatSUP,
		Description: "größer", File: w.file(0, "config.sup"), TimeoutSeconds: 90, Actions: []string{"copy a", "run <b>"},
		Compatibility:  compat.Requirement{Models: []string{"iStation"}, Versions: ">=5 <7"},
		KeyFingerprint: "SHA256:x", CreatedBy: "ada", CreatedAt: w.now,
		Variables: []variable.Variable{{Name: "größe", Type: variable.Integer, Values: []string{"1", "2"}, Required: true}},
	}
	v.FileID = v.File.ID
	w.write(func(ctx ctx, tx control.Tx) (err error) {
		v.ID, err = tx.InsertRelease(ctx, v)
		return err
	})
	return v
}

var releaseTests = []test{
	{"is read with its file as it was written", func(t *testing.T, w *world) {
		one, two := w.release("1"), w.release("2")
		if got := read(w.store.Release(w.ctx, one.ID))(w); !reflect.DeepEqual(got, one) {
			t.Errorf("got %+v, want %+v", got, one)
		}
		if got := read(w.store.Releases(w.ctx, control.ReleaseFilter{}, page))(w); !reflect.DeepEqual(got, []fleet.Release{two, one}) {
			t.Errorf("got %+v", got)
		}
		if got := read(w.store.Releases(w.ctx, control.ReleaseFilter{}, control.Page{After: int64(two.ID), Limit: 5}))(w); len(got) != 1 {
			t.Errorf("got %+v", got)
		}
		_, err := w.store.Release(w.ctx, 99)
		wantCode(t, err, fleet.NotFound)
	}},
	{"of one name, version and format exists once", func(t *testing.T, w *world) {
		v := w.release("1")
		w.refused(fleet.Conflict, func(ctx ctx, tx control.Tx) error {
			_, err := tx.InsertRelease(ctx, v)
			return err
		})
		w.refused(fleet.Invalid, func(ctx ctx, tx control.Tx) error {
			v.Version, v.FileID = "2", 99
			_, err := tx.InsertRelease(ctx, v)
			return err
		})
	}},
	{"made of a typed script is not among the others", func(t *testing.T, w *world) {
		listed, typed := w.release("1"), fleet.Release{UnitID: fleet.Root, Name: "config", Version: "2", Format: fleet.FormatPlaybook, Typed: true, CreatedAt: w.now}
		w.write(func(ctx ctx, tx control.Tx) (err error) {
			typed.ID, err = tx.InsertRelease(ctx, typed)
			return err
		})
		for f, want := range map[control.ReleaseFilter]fleet.Release{{}: listed, {Format: fleet.FormatSUP}: listed,
			{Typed: true}: typed, {Name: "config", Typed: true}: typed, {Typed: true, Format: fleet.FormatPlaybook}: typed} {
			if got := read(w.store.Releases(w.ctx, f, page))(w); !reflect.DeepEqual(got, []fleet.Release{want}) {
				t.Errorf("%+v: got %+v", f, got)
			}
		}
		if got := read(w.store.Release(w.ctx, typed.ID))(w); !reflect.DeepEqual(got, typed) {
			t.Errorf("got %+v", got)
		}
	}},
	{"stands in the catalogue or not", func(t *testing.T, w *world) {
		one, two := w.release("1"), w.release("2")
		w.write(func(ctx ctx, tx control.Tx) error { return tx.SetPredefined(ctx, one.ID, true) })
		one.Predefined = true
		for f, want := range map[control.ReleaseFilter][]fleet.Release{
			{Predefined: true}: {one}, {Name: "config"}: {two, one}, {Name: "con"}: nil, {Predefined: true, Name: "config"}: {one},
		} {
			if got := read(w.store.Releases(w.ctx, f, page))(w); !reflect.DeepEqual(got, want) {
				t.Errorf("%+v: got %+v", f, got)
			}
		}
		w.refused(fleet.NotFound, func(ctx ctx, tx control.Tx) error { return tx.SetPredefined(ctx, 99, true) })
	}},
}
