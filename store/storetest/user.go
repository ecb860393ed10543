package storetest

import (
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// user makes a user.
func (w *world) user(name string) fleet.User {
	w.Helper()
	u := fleet.User{Name: name, PasswordHash: "$argon2id$x", CreatedAt: w.now}
	w.write(func(ctx ctx, tx control.Tx) (err error) {
		u.ID, err = tx.InsertUser(ctx, u)
		return err
	})
	return u
}

var userTests = []test{
	{"is read by id and by name, which is its own", func(t *testing.T, w *world) {
		if n := read(w.store.CountUsers(w.ctx))(w); n != 0 {
			t.Errorf("got %d", n)
		}
		u := w.user("Zoë")
		if got := read(w.store.User(w.ctx, u.ID))(w); got != u {
			t.Errorf("got %+v, want %+v", got, u)
		}
		if got := read(w.store.UserByName(w.ctx, "Zoë"))(w); got != u {
			t.Errorf("got %+v, want %+v", got, u)
		}
		_, err := w.store.User(w.ctx, 99)
		wantCode(t, err, fleet.NotFound)
		_, err = w.store.UserByName(w.ctx, "zoë")
		wantCode(t, err, fleet.NotFound)
		w.refused(fleet.Conflict, func(ctx ctx, tx control.Tx) error {
			_, err := tx.InsertUser(ctx, u)
			return err
		})
		if n := read(w.store.CountUsers(w.ctx))(w); n != 1 {
			t.Errorf("got %d", n)
		}
	}},
	{"changes the password and is disabled and enabled", func(t *testing.T, w *world) {
		u := w.user("ada")
		for _, at := range []time.Time{w.now, {}} {
			u.PasswordHash, u.MustChange, u.DisabledAt = u.PasswordHash+"y", !u.MustChange, at
			w.write(func(ctx ctx, tx control.Tx) error {
				if err := tx.SetPassword(ctx, u.ID, u.PasswordHash, u.MustChange); err != nil {
					return err
				}
				return tx.SetUserDisabled(ctx, u.ID, at)
			})
			if got := read(w.store.User(w.ctx, u.ID))(w); got != u {
				t.Errorf("got %+v, want %+v", got, u)
			}
		}
		w.refused(fleet.NotFound, func(ctx ctx, tx control.Tx) error { return tx.SetPassword(ctx, 99, "x", false) })
		w.refused(fleet.NotFound, func(ctx ctx, tx control.Tx) error { return tx.SetUserDisabled(ctx, 99, w.now) })
	}},
}
