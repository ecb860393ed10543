package tr50

import (
	"context"
	"encoding/json"

	"github.com/sluicehq/sluice/device/tr50/wire"
)

// diagPing is a sign of life: it is answered once the contact is on disk.
func diagPing(context.Context, *message, json.RawMessage) (any, error) { return nil, nil }

func diagTime(_ context.Context, m *message, _ json.RawMessage) (any, error) {
	return wire.NewDiagTime(m.at), nil
}

func diagEcho(_ context.Context, _ *message, params json.RawMessage) (any, error) {
	if params == nil {
		return nil, nil
	}
	return params, nil
}
