package web

import (
	"net/http"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

func (web *Web) unitList(v *visit) error { return web.showUnits(v, http.StatusOK, view.UnitForm{}) }

func (web *Web) showUnits(v *visit, status int, form view.UnitForm) error {
	tree, err := web.tree(v)
	if err != nil {
		return err
	}
	p := view.UnitListPage{Units: tree, New: form, MayWrite: map[fleet.UnitID]bool{}, Frame: v.frame("Units", "/units", "")}
	for _, b := range tree {
		p.MayWrite[b.Unit.ID] = web.where(v, fleet.UnitWrite)(b.Unit)
	}
	return v.show(status, view.UnitList(p))
}

func (web *Web) createUnit(v *visit) error {
	form := view.UnitForm{ParentID: v.unitID("parent"), Kind: fleet.UnitKind(v.r.PostFormValue("kind")), Name: v.r.PostFormValue("name")}
	u, err := web.control.CreateUnit(v.r.Context(), v.actor, form.ParentID, form.Kind, form.Name)
	if mended(err) {
		form.Error = sentence(err)
		return web.showUnits(v, statuses[fleet.CodeOf(err)], form)
	}
	if err != nil {
		return err
	}
	return v.leave("/units", "The "+string(u.Kind)+" "+u.Name+" is made.")
}

func (web *Web) renameUnit(v *visit) error {
	id, err := v.id("unit")
	if err != nil {
		return err
	}
	name := v.r.PostFormValue("name")
	if err := web.control.RenameUnit(v.r.Context(), v.actor, fleet.UnitID(id), name); mended(err) {
		return web.showUnits(v, statuses[fleet.CodeOf(err)], view.UnitForm{RenameID: fleet.UnitID(id), Rename: name, RenameError: sentence(err)})
	} else if err != nil {
		return err
	}
	return v.leave("/units", "The unit is called "+name+" now.")
}
