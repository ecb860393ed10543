package web

import (
	"net/http"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

func (web *Web) audit(v *visit) error {
	list, err := web.control.Audit(v.r.Context(), v.actor, v.part())
	if err != nil {
		return err
	}
	p := view.AuditPage{Now: v.now, Frame: v.frame("Audit", "/audit", "")}
	p.Entries, p.Paging = cut(v, list, func(e fleet.AuditEntry) int64 { return e.ID })
	return v.show(http.StatusOK, view.Audit(p))
}
