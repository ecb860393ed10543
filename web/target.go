package web

import (
	"slices"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

// target is what a software update page is about: a device or a group.
type target struct {
	view.Target
	audience fleet.Audience
	device   fleet.Device // of a device's page
	group    fleet.Group  // of a group's page
	events   string
}

// targetOf reads the target of a page, on which the reader may give updates.
type targetOf func(*Web, *visit) (target, error)

func (web *Web) deviceTarget(v *visit) (target, error) {
	id, err := v.id("device")
	if err != nil {
		return target{}, err
	}
	d, err := web.control.Device(v.r.Context(), v.actor, fleet.DeviceID(id))
	if err != nil {
		return target{}, err
	}
	return target{device: d, audience: fleet.Audience{Devices: []string{d.Key}}, events: "/events?device=" + d.ID.String(),
		Target: view.DeviceTarget(d, v.now)}, web.control.Authorize(v.r.Context(), v.actor, fleet.UpdateWrite, d.UnitID)
}

func (web *Web) groupTarget(v *visit) (target, error) {
	id, err := v.id("group")
	if err != nil {
		return target{}, err
	}
	g, err := web.control.Group(v.r.Context(), v.actor, fleet.GroupID(id))
	if err != nil {
		return target{}, err
	}
	return target{group: g, audience: fleet.Audience{GroupID: g.ID}, events: "/events?about=updates",
		Target: view.GroupTarget(g)}, web.control.Authorize(v.r.Context(), v.actor, fleet.UpdateWrite, g.UnitID)
}

// lastUpdates is how many commands a table of last updates shows.
const lastUpdates = 20

// options are what can be sent to the target, with the reason why one cannot
// be sent now. Control decides again when it is sent.
func (web *Web) options(v *visit, t target) ([]view.Option, error) {
	busy, err := web.busy(v, t)
	if err != nil {
		return nil, err
	}
	options := view.Options()
	for i, o := range options {
		switch {
		case t.device.ID != 0 && t.device.Refusal() != "":
			options[i].Refusal = t.device.Refusal()
		case busy[o.Type] != "":
			options[i].Refusal = busy[o.Type]
		case o.Type == fleet.JetPorch && t.device.ID != 0:
			options[i].Refusal = t.device.JetPorchRefusal()
		}
	}
	return options, nil
}

// checkRefusal is why nothing can be checked on the target, or "". A group
// cannot where none of its first members can; the plan says which others.
func (web *Web) checkRefusal(v *visit, t target) (string, error) {
	if t.group.ID == 0 {
		return t.device.CheckRefusal(), nil
	}
	members, err := web.control.Devices(v.r.Context(), v.actor, control.DeviceFilter{GroupID: t.group.ID}, control.Page{Limit: mostToTick})
	if len(members) == 0 || len(members) == mostToTick || slices.ContainsFunc(members, func(d fleet.Device) bool { return d.CheckRefusal() == "" }) {
		return "", err
	}
	return "no gateway of the group can check a script without applying it", nil
}

// busy says of each type why another of it cannot be sent, where one is
// pending on the device or in progress for the group.
func (web *Web) busy(v *visit, t target) (map[fleet.UpdateType]string, error) {
	busy := map[fleet.UpdateType]string{}
	if t.group.ID != 0 {
		given, err := web.control.Updates(v.r.Context(), v.actor, control.UpdateFilter{GroupID: t.group.ID, Waiting: true}, control.Page{Limit: pageSize})
		for _, u := range given {
			busy[u.Type] = "another " + u.Type.Word() + " is in progress for the group since " + view.Short(v.now, u.CreatedAt)
		}
		return busy, err
	}
	unsent, err := web.control.Executions(v.r.Context(), v.actor, control.ExecutionFilter{DeviceID: t.device.ID, States: fleet.Cancel.From()}, control.Page{Limit: pageSize})
	for _, e := range unsent {
		busy[e.Update.Type] = "another " + e.Update.Type.Word() + " is pending since " + view.Short(v.now, e.CreatedAt)
	}
	return busy, err
}

// catalogue are the pre-defined updates, with the reason why the device
// cannot get one.
func (web *Web) catalogue(v *visit, t target) ([]view.CatalogueEntry, error) {
	list, err := web.control.Releases(v.r.Context(), v.actor, control.ReleaseFilter{Predefined: true}, control.Page{Limit: mostToTick})
	if err != nil {
		return nil, err
	}
	entries := make([]view.CatalogueEntry, len(list))
	for i, r := range list {
		entries[i].Release = r
		if t.device.ID != 0 {
			entries[i].Refusal = r.Compatibility.Refusal(t.device.Facts())
		}
	}
	return entries, nil
}
