package control_test

import (
	"bytes"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// viewerAndAdministrator observes the first unit and administers the second,
// where the device "gw" is.
func viewerAndAdministrator(w *world) (a control.Actor, first, second fleet.UnitID) {
	w.t.Helper()
	ctx := w.t.Context()
	first, second = w.unit(fleet.Root, fleet.Customer, "First"), w.unit(fleet.Root, fleet.Customer, "Second")
	_, err := w.PlaceDevice(ctx, w.admin, w.device("gw", "m").ID, second, "")
	w.must(err)
	w.contact(w.deviceOf("gw"), fleet.Value{Kind: fleet.Attribute, Key: fleet.AttributeJetPorch, Text: "true"})
	a = w.user("ann", fleet.ServiceViewer, first)
	w.must(w.SetGrant(ctx, w.admin, a.User.ID, second, fleet.ServiceAdministrator))
	return w.actor("ann"), first, second
}

func (w *world) deviceOf(key string) fleet.Device {
	w.t.Helper()
	d, err := w.DeviceByKey(w.t.Context(), w.admin, key)
	w.must(err)
	return d
}

func TestAScriptHangsWhereItsSenderMayGiveIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, _, second := viewerAndAdministrator(w)
	n := control.NewUpdate{Type: fleet.JetPorch, Script: script, Audience: fleet.Audience{Devices: []string{"gw"}}}
	planned, err := w.PlanUpdate(t.Context(), a, n)
	if err != nil || len(planned) != 1 || planned[0].State != fleet.Pending {
		t.Fatalf("got %+v, %v", planned, err)
	}
	u, err := w.CreateUpdate(t.Context(), a, n)
	w.must(err)
	w.stands(u, "gw", planned[0].State, planned[0].Reason)
	if u.Release.UnitID != second {
		t.Errorf("the release hangs on unit %s, want %s", u.Release.UnitID, second)
	}
}

func TestADryRunJudgesAScriptLikeTheCommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, first, _ := viewerAndAdministrator(w)
	w.must(w.SetGrant(t.Context(), w.admin, a.User.ID, first, fleet.ServiceAdministrator))
	_, err := w.PlaceDevice(t.Context(), w.admin, w.device("other", "m").ID, first, "")
	w.must(err)
	w.contact(w.deviceOf("other"), fleet.Value{Kind: fleet.Attribute, Key: fleet.AttributeJetPorch, Text: "true"})
	a = w.actor("ann")
	n := control.NewUpdate{Type: fleet.JetPorch, Script: script, Audience: fleet.Audience{All: true}}
	planned, err := w.PlanUpdate(t.Context(), a, n)
	w.must(err)
	u, err := w.CreateUpdate(t.Context(), a, n)
	w.must(err)
	for _, p := range planned {
		w.stands(u, p.Device.Key, p.State, p.Reason)
	}
}

func TestAnUploadHangsWhereItIsAllowedOrAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, first, second := viewerAndAdministrator(w)
	f, err := w.Upload(t.Context(), a, "r.sup", bytes.NewReader(w.pack("r", "1", "m")))
	w.must(err)
	r, err := w.CreateRelease(t.Context(), a, f.ID, false)
	if err != nil || f.UnitID != second || r.UnitID != second {
		t.Errorf("got file in %s, release in %s, %v", f.UnitID, r.UnitID, err)
	}
	_, err = w.UploadIn(t.Context(), a, first, "x", bytes.NewReader(nil))
	if fleet.CodeOf(err) != fleet.Denied {
		t.Errorf("into a unit that is only observed: %v", err)
	}
	lab := w.unit(second, fleet.OU, "Lab")
	if f, err = w.UploadIn(t.Context(), a, lab, "x", bytes.NewReader(nil)); err != nil || f.UnitID != lab {
		t.Errorf("got %s, %v", f.UnitID, err)
	}
}
