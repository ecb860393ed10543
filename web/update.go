package web

import (
	"maps"
	"net/http"
	"slices"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

func (web *Web) updateList(v *visit) error {
	list, err := web.control.Updates(v.r.Context(), v.actor, control.UpdateFilter{}, v.part())
	if err != nil {
		return err
	}
	p := view.UpdateListPage{Now: v.now, Frame: v.frame("Updates", "/updates", "/events?about=updates")}
	p.Updates, p.Paging = cut(v, list, func(u fleet.Update) int64 { return int64(u.ID) })
	return v.show(http.StatusOK, view.UpdateList(p))
}

func (web *Web) update(v *visit) error {
	id, err := v.id("update")
	if err != nil {
		return err
	}
	u, err := web.control.Update(v.r.Context(), v.actor, fleet.UpdateID(id))
	if err != nil {
		return err
	}
	filter := control.ExecutionFilter{UpdateID: u.ID}
	chosen := fleet.State(v.r.URL.Query().Get("state"))
	if slices.Contains(fleet.States(), chosen) {
		filter.States = []fleet.State{chosen}
	} else {
		chosen = ""
	}
	list, err := web.control.Executions(v.r.Context(), v.actor, filter, v.part())
	if err != nil {
		return err
	}
	p := view.UpdatePage{Now: v.now, Update: u, Chosen: chosen,
		Segments: view.Segments(u.Counts, func(s fleet.State) string { return v.with("state", string(s)) }, chosen),
		Rows:     view.ExecutionRows{Now: v.now, NoUpdate: true, MayCancel: web.mayCancel(v, list), Empty: "No execution of this update is in this state."}}
	p.Rows.Executions, p.Rows.Paging = cut(v, list, func(e fleet.Execution) int64 { return int64(e.ID) })
	p.MayCancel = web.mayIn(v, fleet.UpdateCancel, u.UnitID)[u.UnitID] || slices.Contains(slices.Collect(maps.Values(p.Rows.MayCancel)), true)
	if u.Check {
		if p.Applied, err = web.control.Updates(v.r.Context(), v.actor, control.UpdateFilter{CheckID: u.ID}, control.Page{Limit: lastUpdates}); err != nil {
			return err
		}
	}
	p.MayApply = u.Check && web.mayIn(v, fleet.UpdateWrite, u.UnitID)[u.UnitID]
	way := []view.Crumb{{Word: "Updates", URL: "/updates"}}
	place := "/updates"
	if g, err := web.control.Group(v.r.Context(), v.actor, u.GroupID); u.GroupID != 0 && err == nil {
		place, way, p.Group = "/groups", view.GroupTarget(g).Way(), g
	}
	p.Frame = v.frame(u.Title, place, "", way...)
	if u.Counts.Active() > 0 { // afterwards nothing moves any more
		p.Frame.Events = "/events?update=" + u.ID.String()
	}
	return v.show(http.StatusOK, view.Update(p))
}

func (web *Web) cancelUpdate(v *visit) error {
	id, err := v.id("update")
	if err != nil {
		return err
	}
	n, err := web.control.CancelUpdate(v.r.Context(), v.actor, fleet.UpdateID(id))
	if err != nil {
		return err
	}
	said := "The update is cancelled on " + view.Count(n, "device") + "."
	if n == 0 {
		said = "Nothing was left to cancel: the update was sent to every device in the meantime."
	}
	return v.leave("/updates/"+fleet.UpdateID(id).String(), said)
}
