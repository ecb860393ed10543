package control_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

func TestAThingIsNotClaimedByKnowingItsKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	gw, own := w.device("gw", "m"), w.device("own", "m")
	elsewhere := w.unit(fleet.Root, fleet.Channel, "Elsewhere")
	w.must(w.Store.Write(ctx, func(ctx context.Context, tx control.Tx) error {
		for key, unit := range map[string]fleet.UnitID{"imported": fleet.Root, "of another": elsewhere} {
			d := own
			d.Key, d.UnitID = key, unit
			if _, err := tx.InsertDevice(ctx, d); err != nil {
				return err
			}
		}
		return nil
	}))
	for _, key := range []string{"own", "gw", "of another"} {
		_, err := w.Bind(ctx, gw, key, "")
		refused(t, err, fleet.Denied, "cannot bind "+key+": it is not this gateway's to bind")
	}
	_, err := w.Bind(ctx, gw, "a\x00b", "")
	refused(t, err, fleet.Invalid, "a device key has 1 to 200 printable characters")
	if d, err := w.Bind(ctx, gw, "imported", ""); err != nil || d.ParentID != gw.ID {
		t.Errorf("got %+v, %v", d, err)
	}
	w.must(w.Unbind(ctx, gw, "imported"))
	token, _, err := w.CreateToken(ctx, w.admin, control.NewToken{Kind: fleet.Application})
	w.must(err)
	waits, err := w.Admit(ctx, control.Introduction{Key: "waits", Password: token, AppID: "a", Link: fleet.TR50})
	w.must(err)
	_, err = w.Bind(ctx, waits, "imported", "")
	refused(t, err, fleet.Denied, "cannot bind imported: it is not this gateway's to bind")
	_, err = w.SetDeviceState(ctx, w.admin, gw.ID, fleet.DeviceRejected)
	w.must(err)
	_, err = w.Bind(ctx, gw, "new", "")
	refused(t, err, fleet.Denied, "the device is rejected, not accepted")
}

func TestOfManyGatewaysOneBindsAThing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var gateways []fleet.Device
	for i := range 4 {
		gateways = append(gateways, w.device(fmt.Sprint("gw-", i), "m"))
	}
	var all sync.WaitGroup
	bound := make([]bool, len(gateways))
	for i, gw := range gateways {
		all.Go(func() {
			_, err := w.Bind(t.Context(), gw, "meter", "")
			bound[i] = err == nil
		})
	}
	all.Wait()
	var n int
	for i := range bound {
		children, err := w.Children(t.Context(), gateways[i].ID)
		w.must(err)
		if bound[i] {
			n++
		}
		if bound[i] != (len(children) == 1) {
			t.Errorf("%s: bound %v, has %+v", gateways[i].Key, bound[i], children)
		}
	}
	if n != 1 {
		t.Errorf("%d gateways bound it", n)
	}
}

func TestAGatewayBindsAThousandThings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	gw := w.device("gw", "m")
	w.must(w.Store.Write(t.Context(), func(ctx context.Context, tx control.Tx) error {
		for i := range 999 {
			d := fleet.Device{Key: fmt.Sprint("meter-", i), UnitID: fleet.Root, Kind: gw.Kind, State: gw.State, ParentID: gw.ID, CreatedAt: start}
			if _, err := tx.InsertDevice(ctx, d); err != nil {
				return err
			}
		}
		return nil
	}))
	_, err := w.Bind(t.Context(), gw, "the last", "")
	w.must(err)
	_, err = w.Bind(t.Context(), gw, "the last", "")
	w.must(err)
	_, err = w.Bind(t.Context(), gw, "one more", "")
	refused(t, err, fleet.Conflict, "cannot bind one more: 1000 things are bound to gw, unbind one first")
	w.must(w.Unbind(t.Context(), gw, "the last"))
	_, err = w.Bind(t.Context(), gw, "one more", "")
	w.must(err)
}

func TestADecommissionedGatewayLeavesItsThings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	gw, other := w.device("gw", "m"), w.device("other", "m")
	child, err := w.Bind(ctx, gw, "meter", "")
	w.must(err)
	u := w.update(w.release("r", "1", "m"), "gw")
	viewer := w.user("eve", fleet.ServiceViewer, fleet.Root)
	if err := w.Decommission(ctx, viewer, gw.ID); fleet.CodeOf(err) != fleet.Denied {
		t.Errorf("a viewer: got %v", err)
	}
	w.must(w.Decommission(ctx, w.admin, gw.ID))
	w.must(w.Decommission(ctx, w.admin, gw.ID))
	w.stands(u, "gw", fleet.Refused, "the device was decommissioned")
	if _, err := w.Store.Credential(ctx, gw.ID); fleet.CodeOf(err) != fleet.NotFound {
		t.Errorf("its credential: %v", err)
	}
	_, err = w.Bind(ctx, other, "meter", "")
	w.must(err)
	w.must(w.Decommission(ctx, w.admin, child.ID))
	_, err = w.Bind(ctx, other, "meter", "")
	refused(t, err, fleet.Denied, "cannot bind meter: it is not this gateway's to bind")
}
