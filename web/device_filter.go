package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

// links are the protocols that a list can be narrowed to.
var links = []fleet.Link{fleet.TR50, fleet.DDI, fleet.Mender}

// deviceFilter reads the filter of a list of devices from the query. A value
// that means nothing asks for nothing.
func (v *visit) deviceFilter() (control.DeviceFilter, error) {
	query := v.r.URL.Query()
	f := control.DeviceFilter{Text: strings.TrimSpace(query.Get("q")), State: fleet.DeviceState(query.Get("state")), UnitID: v.unitID("unit"),
		Version: strings.TrimSpace(query.Get("version")), Link: fleet.Link(query.Get("link"))}
	if id, err := strconv.ParseInt(query.Get("group"), 10, 64); err == nil {
		f.GroupID = fleet.GroupID(id)
	}
	if !slices.Contains(fleet.DeviceStates, f.State) {
		f.State = ""
	}
	if !slices.Contains(links, f.Link) {
		f.Link = ""
	}
	if len(f.Text) > maxText || len(f.Version) > maxText {
		return f, fleet.Errorf(fleet.Invalid, "cannot search: the text has more than %d bytes", maxText)
	}
	return f, nil
}

// deviceFilterForm is what the filter's form shows.
func (web *Web) deviceFilterForm(v *visit, f control.DeviceFilter) (view.DeviceFilterForm, error) {
	form := view.DeviceFilterForm{Filter: f, Links: links, Export: "/devices.csv"}
	var err error
	if form.Units, err = web.tree(v); err != nil {
		return form, err
	}
	if v.r.URL.RawQuery != "" {
		form.Export += "?" + v.r.URL.Query().Encode()
	}
	form.Groups, err = web.control.Groups(v.r.Context(), v.actor, control.GroupFilter{}, control.Page{Limit: maxUnits})
	return form, err
}
