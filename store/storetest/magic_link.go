package storetest

import (
	"reflect"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// magicLink makes a Magic Link of the hash.
func (w *world) magicLink(hash string, unit fleet.UnitID, v fleet.Release, devices ...fleet.Device) fleet.MagicLink {
	w.Helper()
	m := fleet.MagicLink{
		UnitID: unit, ReleaseID: v.ID, Release: v, Note: "für das Dach", Devices: len(devices), CreatedBy: "ada", CreatedAt: w.now,
	}
	w.write(func(ctx ctx, tx control.Tx) (err error) {
		m.ID, err = tx.InsertMagicLink(ctx, []byte(hash), m, idsOf(devices...))
		return err
	})
	return m
}

var magicLinkTests = []test{
	{"is found by its hash, with its release and what it declares", func(t *testing.T, w *world) {
		all := w.devices("b", "a", "c")
		m := w.magicLink("hash", fleet.Root, w.release("1"), all[0], all[1])
		if got := read(w.store.MagicLink(w.ctx, []byte("hash")))(w); !reflect.DeepEqual(got, m) {
			t.Errorf("got %+v, want %+v", got, m)
		}
		if got := read(w.store.MagicLinkByID(w.ctx, m.ID))(w); !reflect.DeepEqual(got, m) {
			t.Errorf("by id: got %+v, want %+v", got, m)
		}
		if got := read(w.store.DeclaredKeys(w.ctx, m.ID))(w); !reflect.DeepEqual(got, []string{"a", "b"}) {
			t.Errorf("got %v", got)
		}
		got := read(w.store.Declared(w.ctx, m.ID, idsOf(all[1], all[2])))(w)
		if len(got) != 1 || !got[all[1].ID] {
			t.Errorf("got %v", got)
		}
		_, err := w.store.MagicLink(w.ctx, []byte("hasH"))
		wantCode(t, err, fleet.NotFound)
		_, err = w.store.MagicLinkByID(w.ctx, 99)
		wantCode(t, err, fleet.NotFound)
		w.write(func(ctx ctx, tx control.Tx) error {
			_, err := tx.InsertMagicLink(ctx, []byte("hash"), m, nil)
			wantCode(t, err, fleet.Conflict)
			return nil
		})
	}},
	{"is revoked once", func(t *testing.T, w *world) {
		m := w.magicLink("hash", fleet.Root, w.release("1"))
		revoke := func(ctx ctx, tx control.Tx) error { return tx.RevokeMagicLink(ctx, m.ID, w.now) }
		w.write(revoke)
		w.refused(fleet.Conflict, revoke)
		if got := read(w.store.MagicLink(w.ctx, []byte("hash")))(w); !got.RevokedAt.Equal(w.now) {
			t.Errorf("got %+v", got)
		}
		m.ID = 99
		w.refused(fleet.NotFound, revoke)
	}},
	{"is listed newest first, by unit", func(t *testing.T, w *world) {
		units, v := w.tree(), w.release("1")
		for _, u := range []fleet.Unit{units.acme, units.roof, units.south} {
			w.magicLink(u.Name, u.ID, v)
		}
		w.within("Magic Links", units, func(p control.Page) string {
			return namesOf(read(w.store.MagicLinks(w.ctx, p))(w), func(m fleet.MagicLink) any { return m.UnitID })
		}, [5]string{"5 4 3", "", "4 3", "5 4 3", "4"})
	}},
}
