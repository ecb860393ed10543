package tr50

import (
	"cmp"
	"context"
	"encoding/json"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// sessionInfo says what the session may do in the words of the node client.
func sessionInfo(ctx context.Context, m *message, _ json.RawMessage) (any, error) {
	return wire.SessionInfo{HasOrgAdmin: m.h.control.MayIn(ctx, m.actor, fleet.UnitWrite, fleet.Root)}, nil
}

// sessionOrgList names the one organisation that there is.
func sessionOrgList(context.Context, *message, json.RawMessage) (any, error) {
	return wire.Result[wire.Org]{Result: []wire.Org{{ID: organisationID, Key: organisation, Name: organisation}}}, nil
}

func sessionOrgSwitch(_ context.Context, _ *message, params json.RawMessage) (any, error) {
	var in wire.SessionOrgSwitch
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	if in.Key != organisation {
		return nil, notFound("Organization " + clip(in.Key, 100) + " not found")
	}
	return nil, nil
}

// userFind finds the user of the session; others are for REST.
func userFind(_ context.Context, m *message, params json.RawMessage) (any, error) {
	var in wire.UserFind
	if err := wire.Decode(params, &in); err != nil {
		return nil, badParams(err)
	}
	name := cmp.Or(in.Username, in.EmailAddress)
	if name != m.actor.User.Name {
		return nil, notFound("User " + clip(name, 100) + " not found")
	}
	return wire.UserFound{ID: m.actor.User.ID.String(), DefaultOrgID: organisationID}, nil
}
