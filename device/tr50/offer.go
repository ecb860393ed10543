package tr50

import (
	"encoding/json"
	"strings"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// pack makes the message that tells a device to install a release, or to say
// what it would change. It sets no Timeout: that is the transfer's, which goes
// on after any break; the time of the run stands in the package.
func pack(e fleet.Execution) (command string, params json.RawMessage, err error) {
	r := e.Update.Release
	if r.Format != fleet.FormatSUP && r.Format != fleet.FormatPlaybook { // both are packages (.sup)
		return "", nil, fleet.Errorf(fleet.Internal, "cannot send release %s %s over TR50: its format is %s", r.Name, r.Version, r.Format)
	}
	update, err := wire.Encode(wire.SupUpdate{
		Name:      strings.TrimSuffix(r.File.Name, ".sup"),
		File:      r.File.Name,
		Global:    true,
		Version:   r.Version,
		SHA256:    r.File.SHA256,
		Size:      r.File.Size,
		Execution: e.ID.String(),
		Variables: e.Update.Variables,
	})
	if err != nil {
		return "", nil, err
	}
	method := wire.MethodSupUpdate
	if e.Update.Check {
		method = wire.MethodSupCheck
	}
	params, err = wire.Encode(wire.MethodCall{Method: method, Params: update})
	return wire.CommandMethodExec, params, err
}
