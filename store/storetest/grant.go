package storetest

import (
	"reflect"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// grant gives a user a role in a unit.
func (w *world) grant(u fleet.User, unit fleet.UnitID, role fleet.Role) {
	w.Helper()
	w.write(func(ctx ctx, tx control.Tx) error { return tx.SetGrant(ctx, u.ID, unit, role) })
}

var grantTests = []test{
	{"is one role in a unit, and the last word counts", func(t *testing.T, w *world) {
		units, u := w.tree(), w.user("ada")
		for _, role := range fleet.Roles {
			w.grant(u, units.south.ID, role)
		}
		w.grant(u, units.acme.ID, fleet.ServiceViewer)
		want := []fleet.Grant{
			{UserID: u.ID, Unit: units.acme, Role: fleet.ServiceViewer}, {UserID: u.ID, Unit: units.south, Role: fleet.ChannelAdministrator},
		}
		if got := read(w.store.Grants(w.ctx, u.ID))(w); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		other := w.user("bob")
		of := read(w.store.GrantsOf(w.ctx, []fleet.UserID{u.ID, other.ID}))(w)
		if !reflect.DeepEqual(of[u.ID], want) || len(of[other.ID]) != 0 {
			t.Errorf("of several: got %+v", of)
		}
		end := func(ctx ctx, tx control.Tx) error { return tx.DeleteGrant(ctx, u.ID, units.acme.ID) }
		w.write(end)
		w.refused(fleet.NotFound, end)
		if got := read(w.store.Grants(w.ctx, u.ID))(w); !reflect.DeepEqual(got, want[1:]) {
			t.Errorf("got %+v, want %+v", got, want[1:])
		}
		w.refused(fleet.Internal, func(ctx ctx, tx control.Tx) error { return tx.SetGrant(ctx, u.ID, fleet.Root, "KING") })
		w.refused(fleet.Invalid, func(ctx ctx, tx control.Tx) error { return tx.SetGrant(ctx, u.ID, 99, fleet.ServiceViewer) })
	}},
	{"says where a user is listed", func(t *testing.T, w *world) {
		units := w.tree()
		ada, bob, eve := w.user("ada"), w.user("bob"), w.user("eve")
		w.grant(ada, units.roof.ID, fleet.ServiceViewer)
		w.grant(ada, units.acme.ID, fleet.ServiceViewer)
		w.grant(bob, units.south.ID, fleet.ServiceViewer)
		w.grant(eve, fleet.Root, fleet.ServiceViewer)
		w.user("new")
		w.within("users", units, func(p control.Page) string {
			return namesOf(read(w.store.Users(w.ctx, p))(w), func(u fleet.User) any { return u.Name })
		}, [5]string{"ada bob eve new", "", "ada", "ada bob", "ada"})
	}},
}
