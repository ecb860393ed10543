package agent

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sluicehq/sluice/install/job"
)

// maxReport bounds the confirmation in the final report, in bytes: a server
// may refuse messages of more than 1 MiB as a whole. The device keeps all of it.
const maxReport = 512 << 10

// compact writes a confirmation for the final report and leaves out as little
// as its limit asks: the output of actions that went well, then all output,
// then most of each error and the tasks, then the last actions.
func compact(c job.Confirmation) (json.RawMessage, error) {
	actions := slices.Clone(c.Actions)
	for i := range actions {
		actions[i].Tasks = slices.Clone(actions[i].Tasks)
	}
	c.Actions = actions
	for _, shorten := range []func(a *job.ActionReport){
		func(*job.ActionReport) {},
		func(a *job.ActionReport) {
			if a.Status == job.StatusOK {
				a.Output = ""
				quiet(a.Tasks)
			}
		},
		func(a *job.ActionReport) { a.Output = ""; quiet(a.Tasks) },
		func(a *job.ActionReport) {
			a.Error = a.Error[:min(len(a.Error), 100)]
			a.Tasks, a.TasksLeftOut = nil, a.TasksLeftOut+len(a.Tasks)
		},
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

func quiet(tasks []job.TaskReport) {
	for i := range tasks {
		tasks[i].Output, tasks[i].Diff = "", ""
	}
}

func wrapCompact(err error) error {
	if err != nil {
		return fmt.Errorf("cannot report the confirmation: %v", err)
	}
	return nil
}
