package web

import (
	"encoding/json"
	"net/http"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

func (web *Web) execution(v *visit) error {
	id, err := v.id("execution")
	if err != nil {
		return err
	}
	e, err := web.control.Execution(v.r.Context(), v.actor, fleet.ExecutionID(id))
	if err != nil {
		return err
	}
	story, err := web.control.ExecutionEvents(v.r.Context(), v.actor, e.ID, v.part(), true)
	if err != nil {
		return err
	}
	shown, paging := cut(v, story, func(e fleet.ExecutionEvent) int64 { return e.ID })
	p := view.ExecutionPage{Now: v.now, Execution: e, Release: e.Update.Release, Story: story, Shown: len(shown), Paging: paging,
		MayCancel: web.mayIn(v, fleet.UpdateCancel, e.Device.UnitID)[e.Device.UnitID],
		Frame: v.frame("on "+e.Device.Key, "/executions", "/events?update="+e.UpdateID.String()+"&execution="+e.ID.String(),
			view.Crumb{Word: "Updates", URL: "/updates"}, view.Crumb{Word: e.Update.Title, URL: "/updates/" + e.UpdateID.String()})}
	p.Frame.Title = e.Update.Title + " on " + e.Device.Key
	if len(e.Confirmation) > 0 {
		p.Confirmation = new(view.Confirmation)
		if json.Unmarshal(e.Confirmation, p.Confirmation) != nil {
			p.Confirmation, p.Unreadable = nil, true
		}
	}
	return v.show(http.StatusOK, view.Execution(p))
}

func (web *Web) cancelExecution(v *visit) error {
	id, err := v.id("execution")
	if err != nil {
		return err
	}
	if err := web.control.CancelExecution(v.r.Context(), v.actor, fleet.ExecutionID(id)); err != nil {
		return err
	}
	return v.leave(v.back("/executions/"+fleet.ExecutionID(id).String()), "The update is cancelled on this device.")
}
