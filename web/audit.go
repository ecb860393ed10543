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
	p := view.AuditPage{Now: v.now, Frame: v.frame("Audit", "/audit", ""),
		MayVerify: web.control.MayIn(v.r.Context(), v.actor, fleet.AuditRead, fleet.Root)}
	p.Entries, p.Paging = cut(v, list, func(e fleet.AuditEntry) int64 { return e.ID })
	if v.r.URL.Query().Get("verify") != "" {
		done, err := web.control.VerifyAudit(v.r.Context(), v.actor)
		if err != nil {
			return err
		}
		p.Verification = &done
	}
	return v.show(http.StatusOK, view.Audit(p))
}
