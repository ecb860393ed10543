package web

import (
	"net/http"
	"strconv"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

func (web *Web) groupList(v *visit) error {
	return web.showGroups(v, http.StatusOK, view.GroupForm{})
}

func (web *Web) showGroups(v *visit, status int, form view.GroupForm) error {
	tree, err := web.tree(v)
	if err != nil {
		return err
	}
	list, err := web.control.Groups(v.r.Context(), v.actor, control.GroupFilter{}, v.part())
	if err != nil {
		return err
	}
	form.Units = tree.Where(web.where(v, fleet.GroupWrite))
	p := view.GroupListPage{Frame: v.frame("Groups", "/groups", ""), Units: tree, New: form}
	p.Groups, p.Paging = cut(v, list, func(g fleet.Group) int64 { return int64(g.ID) })
	return v.show(status, view.GroupList(p))
}

func (web *Web) createGroup(v *visit) error {
	form := view.GroupForm{Name: v.r.PostFormValue("name"), Description: v.r.PostFormValue("description"), UnitID: v.unitID("unit")}
	g, err := web.control.CreateGroup(v.r.Context(), v.actor, fleet.Group{UnitID: form.UnitID, Name: form.Name, Description: form.Description})
	if mended(err) {
		form.Error = sentence(err)
		return web.showGroups(v, statuses[fleet.CodeOf(err)], form)
	}
	if err != nil {
		return err
	}
	return v.leave("/groups/"+g.ID.String(), "The group "+g.Name+" is made. Put gateways into it.")
}

// maxUnits bounds the units that one page shows.
const maxUnits = 1000

// tree is every unit that the reader reads.
func (web *Web) tree(v *visit) (view.Tree, error) {
	units, err := web.control.Units(v.r.Context(), v.actor, control.Page{Limit: maxUnits})
	return view.NewTree(units), err
}

// where tells in which units the reader may do the action.
func (web *Web) where(v *visit, do fleet.Action) func(fleet.Unit) bool {
	return func(u fleet.Unit) bool { return v.may[do] && web.control.MayIn(v.r.Context(), v.actor, do, u.ID) }
}

// unitID reads a unit of a form or query; 0 for none.
func (v *visit) unitID(name string) fleet.UnitID {
	id, err := strconv.ParseInt(v.r.FormValue(name), 10, 64)
	if err != nil {
		return 0
	}
	return fleet.UnitID(id)
}
