package web

import (
	"net/http"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

// stateGroups gather the states of an execution for the filter of the long
// list; every state is in one of them. The first state lends its look.
var stateGroups = []struct {
	name, word string
	states     []fleet.State
}{
	{"waiting", "Waiting", []fleet.State{fleet.Pending, fleet.Scheduled}},
	{"under_way", "Under way", []fleet.State{fleet.InstallationStarted, fleet.Sent, fleet.Asking, fleet.Deferred,
		fleet.TransferStarted, fleet.TransferCompleted, fleet.InstallationCompleted}},
	{"succeeded", "Succeeded", []fleet.State{fleet.Succeeded, fleet.Delivered, fleet.NotNecessary}},
	{"failed", "Failed", []fleet.State{fleet.Failed, fleet.Expired}},
	{"refused", "Refused", []fleet.State{fleet.Refused, fleet.Declined}},
	{"cancelled", "Cancelled", []fleet.State{fleet.Cancelled}},
}

func (web *Web) executionList(v *visit) error {
	var filter control.ExecutionFilter
	chosen := v.r.URL.Query().Get("state")
	filters := []view.Filter{{Badge: view.Badge{Word: "All"}, URL: v.with("state", ""), Count: -1}}
	for _, g := range stateGroups {
		b := view.StateBadge(g.states[0])
		b.Word = g.word
		filters = append(filters, view.Filter{Badge: b, URL: v.with("state", g.name), Count: -1, Chosen: chosen == g.name})
		if chosen == g.name {
			filter.States = g.states
		}
	}
	filters[0].Chosen = filter.States == nil
	list, err := web.control.Executions(v.r.Context(), v.actor, filter, v.part())
	if err != nil {
		return err
	}
	rows := view.ExecutionRows{Now: v.now, MayCancel: web.mayCancel(v, list), Empty: "No update was given yet. Choose a release and give it to devices."}
	if filter.States != nil {
		rows.Empty = "No execution is in this state."
	}
	rows.Executions, rows.Paging = cut(v, list, func(e fleet.Execution) int64 { return int64(e.ID) })
	return v.show(http.StatusOK, view.ExecutionList(view.ExecutionListPage{
		Frame: v.frame("Executions", "/executions", "/events?about=updates"), Now: v.now, Filters: filters, Rows: rows}))
}
