package web

import (
	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

// deviceUpdates is the table of a device's last updates, and whether the
// orange dot is on.
func (web *Web) deviceUpdates(v *visit, d fleet.Device) (view.DeviceUpdates, bool, error) {
	ctx := v.r.Context()
	list, err := web.control.Executions(ctx, v.actor, control.ExecutionFilter{DeviceID: d.ID}, control.Page{Limit: lastUpdates})
	if err != nil {
		return view.DeviceUpdates{}, false, err
	}
	waiting, err := web.control.DeviceWaiting(ctx, v.actor, d.ID)
	return view.DeviceUpdates{Now: v.now, Executions: list, MayCancel: web.mayIn(v, fleet.UpdateCancel, d.UnitID)[d.UnitID]}, waiting, err
}

// groupUpdates is the table of a group's last updates, and whether the orange
// dot is on.
func (web *Web) groupUpdates(v *visit, g fleet.Group) (view.GroupUpdates, bool, error) {
	ctx := v.r.Context()
	list, err := web.control.Updates(ctx, v.actor, control.UpdateFilter{GroupID: g.ID}, control.Page{Limit: lastUpdates})
	if err != nil {
		return view.GroupUpdates{}, false, err
	}
	waiting, err := web.control.GroupWaiting(ctx, v.actor, g.ID)
	return view.GroupUpdates{Now: v.now, Updates: list, MayCancel: web.mayIn(v, fleet.UpdateCancel, g.UnitID)[g.UnitID]}, waiting, err
}

// mayCancel tells in which of the executions' units the reader may cancel.
func (web *Web) mayCancel(v *visit, list []fleet.Execution) map[fleet.UnitID]bool {
	units := make([]fleet.UnitID, len(list))
	for i, e := range list {
		units[i] = e.Device.UnitID
	}
	return web.mayIn(v, fleet.UpdateCancel, units...)
}
