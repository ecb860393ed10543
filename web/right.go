package web

import (
	"net/http"
	"strings"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

// rights shows the one table of rights, and answers whether a user may do an
// action in a unit.
func (web *Web) rights(v *visit) error {
	tree, err := web.tree(v)
	if err != nil {
		return err
	}
	query := v.r.URL.Query()
	p := view.RightsPage{Units: tree, User: strings.TrimSpace(query.Get("user")), Action: fleet.Action(query.Get("action")), UnitID: v.unitID("unit"),
		Frame: v.frame("Rights", "/rights", "")}
	status := http.StatusOK
	if p.User != "" {
		d, err := web.control.Can(v.r.Context(), v.actor, p.User, p.Action, p.UnitID)
		if mended(err) || fleet.CodeOf(err) == fleet.Denied {
			p.Error, status = sentence(err), statuses[fleet.CodeOf(err)]
		} else if err != nil {
			return err
		} else {
			p.Decision = &d
		}
	} else {
		p.User = v.actor.Name()
	}
	return v.show(status, view.Rights(p))
}
