package web

import (
	"net/http"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

func (web *Web) releaseList(v *visit) error {
	list, err := web.control.Releases(v.r.Context(), v.actor, control.ReleaseFilter{}, v.part())
	if err != nil {
		return err
	}
	p := view.ReleaseListPage{Now: v.now, Frame: v.frame("Releases", "/releases", "")}
	p.Releases, p.Paging = cut(v, list, func(r fleet.Release) int64 { return int64(r.ID) })
	units := make([]fleet.UnitID, len(list))
	for i, r := range list {
		units[i] = r.UnitID
	}
	p.MayWrite = web.mayIn(v, fleet.ReleaseWrite, units...)
	return v.show(http.StatusOK, view.ReleaseList(p))
}

// setPredefined puts a release into the catalogue, or takes it out.
func (web *Web) setPredefined(v *visit) error {
	id, err := v.id("release")
	if err != nil {
		return err
	}
	in := v.r.PostFormValue("predefined") == "true"
	r, err := web.control.SetPredefined(v.r.Context(), v.actor, fleet.ReleaseID(id), in)
	if err != nil {
		return err
	}
	said := " stands in the catalogue of pre-defined software updates."
	if !in {
		said = " is out of the catalogue."
	}
	return v.leave(v.back("/releases"), r.Name+" "+r.Version+said)
}
