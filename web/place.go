package web

import (
	"net/http"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

func (web *Web) placeForm(v *visit) error {
	d, err := web.placeable(v)
	if err != nil {
		return err
	}
	return web.showPlace(v, http.StatusOK, d, d.UnitID, d.Name, "")
}

// placeable reads the device of the path, which the reader may move.
func (web *Web) placeable(v *visit) (fleet.Device, error) {
	id, err := v.id("device")
	if err != nil {
		return fleet.Device{}, err
	}
	d, err := web.control.Device(v.r.Context(), v.actor, fleet.DeviceID(id))
	if err != nil {
		return d, err
	}
	return d, web.control.Authorize(v.r.Context(), v.actor, fleet.DeviceWrite, d.UnitID)
}

func (web *Web) showPlace(v *visit, status int, d fleet.Device, unit fleet.UnitID, name, wrong string) error {
	tree, err := web.tree(v)
	if err != nil {
		return err
	}
	t := view.DeviceTarget(d, v.now)
	return v.show(status, view.Place(view.PlacePage{Device: d, Name: name, UnitID: unit, Error: wrong,
		Units: tree.Where(web.where(v, fleet.DeviceWrite)), Frame: v.frame("Name and unit", "/devices", "", t.Way()...)}))
}

func (web *Web) placeDevice(v *visit) error {
	d, err := web.placeable(v)
	if err != nil {
		return err
	}
	unit, name := v.unitID("unit"), v.r.PostFormValue("name")
	placed, err := web.control.PlaceDevice(v.r.Context(), v.actor, d.ID, unit, name)
	if mended(err) {
		return web.showPlace(v, statuses[fleet.CodeOf(err)], d, unit, name, sentence(err))
	}
	if err != nil {
		return err
	}
	return v.leave("/devices/"+d.ID.String(), placed.Key+" is "+placed.Name+" now.")
}
