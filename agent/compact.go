package agent

import (
	"encoding/json"
	"fmt"

	"github.com/sluicehq/sluice/install/job"
)

// maxReport bounds the confirmation in the final report, in bytes: a server
// may refuse messages of more than 1 MiB as a whole. The device keeps all of it.
const maxReport = 512 << 10

// compact writes a confirmation for the final report and leaves out as little
// as its limit asks: the output of actions that went well, then all output,
// then most of each error, then the last actions.
func compact(c job.Confirmation) (json.RawMessage, error) {
	actions := append([]job.ActionReport(nil), c.Actions...)
	c.Actions = actions
	for _, shorten := range []func(a *job.ActionReport){
		func(*job.ActionReport) {},
		func(a *job.ActionReport) {
			if a.Status == job.StatusOK {
				a.Output = ""
			}
		},
		func(a *job.ActionReport) { a.Output = "" },
		func(a *job.ActionReport) { a.Error = a.Error[:min(len(a.Error), 100)] },
	} {
		for i := range actions {
			shorten(&actions[i])
		}
		if data, err := json.Marshal(c); err != nil || len(data) <= maxReport {
			return data, wrapCompact(err)
		}
	}
	for len(c.Actions) > 0 {
		c.Actions = c.Actions[:len(c.Actions)/2]
		if data, err := json.Marshal(c); err != nil || len(data) <= maxReport {
			return data, wrapCompact(err)
		}
	}
	return nil, nil
}

func wrapCompact(err error) error {
	if err != nil {
		return fmt.Errorf("cannot report the confirmation: %v", err)
	}
	return nil
}
