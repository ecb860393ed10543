package control_test

import (
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

func TestRightsEndAtTheUnit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	inside := control.Actor{User: fleet.User{Name: "eve", Role: fleet.Administrator, UnitID: 7}}
	w.must(w.Authorize(w.admin, control.DeviceRead, 7))
	w.must(w.Authorize(inside, control.DeviceRead, 7))
	for _, other := range []fleet.UnitID{fleet.Root, 8} {
		refused(t, w.Authorize(inside, control.DeviceRead, other), fleet.Denied, "device.read: the object lies outside the unit of eve")
	}
	d := w.device("gw", "m")
	_, err := w.Device(t.Context(), inside, d.ID)
	refused(t, err, fleet.Denied, "device.read: the object lies outside the unit of eve")
}
