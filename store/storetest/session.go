package storetest

import (
	"reflect"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

var sessionTests = []test{
	{"is found by its hash until it is ended", func(t *testing.T, w *world) {
		u := w.user("ada")
		want := fleet.Session{Hash: []byte{0, 1, 255}, UserID: u.ID, Name: "CI", CreatedAt: w.now, ExpiresAt: w.now.Add(time.Hour)}
		w.write(func(ctx ctx, tx control.Tx) error { return tx.InsertSession(ctx, want) })
		if got := read(w.store.Session(w.ctx, want.Hash))(w); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		w.refused(fleet.Conflict, func(ctx ctx, tx control.Tx) error { return tx.InsertSession(ctx, want) })
		for range 2 {
			w.write(func(ctx ctx, tx control.Tx) error { return tx.DeleteSession(ctx, want.Hash) })
		}
		_, err := w.store.Session(w.ctx, want.Hash)
		wantCode(t, err, fleet.NotFound)
	}},
	{"of nobody is refused", func(t *testing.T, w *world) {
		w.refused(fleet.Invalid, func(ctx ctx, tx control.Tx) error {
			return tx.InsertSession(ctx, fleet.Session{Hash: []byte("x"), UserID: 99, CreatedAt: w.now})
		})
	}},
	{"ends with its user's others, API tokens only if asked", func(t *testing.T, w *world) {
		ada, bob := w.user("ada"), w.user("bob")
		token := fleet.Session{
			Hash: []byte("b"), UserID: ada.ID, Name: "CI", Actions: []fleet.Action{fleet.DeviceRead, fleet.UpdateWrite}, CreatedAt: w.now,
		}
		older := fleet.Session{Hash: []byte("c"), UserID: ada.ID, Name: "z", Actions: []fleet.Action{}, CreatedAt: w.now.Add(-time.Hour)}
		w.write(func(ctx ctx, tx control.Tx) error {
			for _, s := range []fleet.Session{
				{Hash: []byte("a"), UserID: ada.ID, CreatedAt: w.now}, token, older, {Hash: []byte("d"), UserID: bob.ID, CreatedAt: w.now},
			} {
				if err := tx.InsertSession(ctx, s); err != nil {
					return err
				}
			}
			return nil
		})
		if got := read(w.store.APITokens(w.ctx, ada.ID))(w); !reflect.DeepEqual(got, []fleet.Session{older, token}) {
			t.Errorf("got %+v", got)
		}
		for _, c := range []struct {
			all  bool
			want string
		}{{false, "bcd"}, {true, "d"}} {
			w.write(func(ctx ctx, tx control.Tx) error { return tx.EndSessions(ctx, ada.ID, c.all) })
			got := ""
			for _, hash := range []string{"a", "b", "c", "d"} {
				if _, err := w.store.Session(w.ctx, []byte(hash)); err == nil {
					got += hash
				}
			}
			if got != c.want {
				t.Errorf("all %t: got %q, want %q", c.all, got, c.want)
			}
		}
	}},
}
