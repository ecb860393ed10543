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
	return v.show(http.StatusOK, view.ReleaseList(p))
}
