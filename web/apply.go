package web

import (
	"crypto/rand"
	"net/http"
	"strings"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

// planApply asks for the confirmation: it says on which devices what a check
// has shown would be applied, and changes nothing.
func (web *Web) planApply(v *visit) error {
	id, err := v.id("update")
	if err != nil {
		return err
	}
	planned, err := web.control.PlanApplyCheck(v.r.Context(), v.actor, fleet.UpdateID(id))
	if err != nil {
		return err
	}
	check, err := web.control.Update(v.r.Context(), v.actor, fleet.UpdateID(id))
	if err != nil {
		return err
	}
	p := view.NewApplyPage(check, rand.Text(), planned)
	if p.To == 0 {
		return fleet.Errorf(fleet.Conflict, "%s", strings.TrimSuffix(p.Refused, "."))
	}
	p.Warn(findings(check.Content))
	p.Frame = v.frame("Confirm", "/updates", "", view.Crumb{Word: "Updates", URL: "/updates"}, view.Crumb{Word: check.Title, URL: p.Back.URL})
	return v.show(http.StatusOK, view.Confirm(p))
}

// applyCheck gives exactly what a check has shown.
func (web *Web) applyCheck(v *visit) error {
	id, err := v.id("update")
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return formError(err)
	}
	u, err := web.control.ApplyCheck(v.r.Context(), v.actor, fleet.UpdateID(id), v.r.PostForm.Get("once"))
	if err != nil {
		return err
	}
	return v.leave("/updates/"+u.ID.String(), u.Title+" waits to be sent with the next telemetry message.")
}
