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
}
