package api

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// Decision is the answer to "may they", with what it was decided by.
type Decision struct {
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason" doc:"A sentence for a person"`
	Rule    string `json:"rule" doc:"The row of the table of rights"`
	Grant   *Grant `json:"grant,omitempty" doc:"The grant that allows it"`
}

func decisionOf(d fleet.Decision) Decision {
	out := Decision{Allowed: d.Allowed, Reason: d.Reason, Rule: d.Right.Rule}
	if d.Allowed {
		g := grantOf(d.Grant)
		out.Grant = &g
	}
	return out
}

type canInput struct {
	User   string       `query:"user" maxLength:"200" doc:"Default: oneself"`
	Action fleet.Action `query:"action" required:"true" maxLength:"50" doc:"As it stands beside the route, device.read"`
	Unit   fleet.UnitID `query:"unit" minimum:"1" default:"1" doc:"Where; default: the root, the whole service"`
}

func (a *API) can(ctx context.Context, in *canInput) (*output[Decision], error) {
	actor := actorOf(ctx)
	if in.User == "" {
		in.User = actor.Name()
	}
	if _, ok := fleet.RightOf(in.Action); !ok {
		return nil, fleet.Errorf(fleet.Invalid, "there is no action %q", in.Action)
	}
	d, err := a.control.Can(ctx, actor, in.User, in.Action, in.Unit)
	return answer(d, err, decisionOf)
}
