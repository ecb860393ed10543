package install

import (
	"fmt"
	"strings"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

// maxNames bounds the names of tasks in a reason, in bytes.
const maxNames = 200

// taskCounts counts the tasks of a playbook by what came of them.
type taskCounts struct {
	Changed int    `json:"changed"`
	OK      int    `json:"ok"`
	Failed  int    `json:"failed,omitempty"` // passed over: the playbook went on
	Skipped int    `json:"skipped,omitempty"`
	Names   string `json:"names,omitempty"` // of those that changed, as far as there is room
}

func (c *taskCounts) add(t job.TaskReport) {
	switch t.Status {
	case job.TaskChanged:
		c.Changed++
		c.name(t.Task)
	case job.TaskOK:
		c.OK++
	case job.TaskFailed:
		c.Failed++
	case job.TaskSkipped:
		c.Skipped++
	}
}

// name adds a name; the first one that there is no room for ends the list.
func (c *taskCounts) name(name string) {
	const more = ", …"
	switch list := joined(c.Names, ", ", name); {
	case strings.HasSuffix(c.Names, more):
	case len(list) <= maxNames:
		c.Names = list
	default:
		c.Names += more
	}
}

func (c *taskCounts) sum(o taskCounts) {
	c.Changed, c.OK, c.Failed, c.Skipped = c.Changed+o.Changed, c.OK+o.OK, c.Failed+o.Failed, c.Skipped+o.Skipped
	c.Names = limit(joined(c.Names, ", ", o.Names), 2*maxNames)
}

// sentence says what was changed, or in a check what would be.
func (c taskCounts) sentence(check bool) string {
	verb := "changed"
	if check {
		verb = "would change"
	}
	all := c.Changed + c.OK + c.Failed
	text := fmt.Sprintf("%s %d of %s: %s", verb, c.Changed, plural(all), c.Names)
	switch {
	case c.Changed > 0:
	case all == 0 && c.Skipped == 0:
		return verb + " nothing: it has no task"
	case all == 0:
		return verb + " nothing: every task was skipped"
	case c.Failed > 0:
		text = fmt.Sprintf("%s none of %s", verb, plural(all))
	case all == 1:
		text = verb + " nothing: its task is as it should be"
	default:
		text = fmt.Sprintf("%s nothing: all %s are as they should be", verb, plural(all))
	}
	if c.Failed > 0 {
		text += fmt.Sprintf("; %d failed", c.Failed)
	}
	if c.Skipped > 0 {
		text += fmt.Sprintf("; %d skipped", c.Skipped)
	}
	return text
}

func plural(n int) string {
	if n == 1 {
		return "1 task"
	}
	return fmt.Sprintf("%d tasks", n)
}

// taskSummary says what the playbooks of a package that is done changed; ""
// where there is none, or where one does not tell.
func (r *run) taskSummary() string {
	var all taskCounts
	playbooks := 0
	for i, action := range r.manifest.Actions {
		if action.Type != sup.ActionPlaybookApply {
			continue
		}
		playbooks++
		end := r.state().step(i + 1).end
		if end.Event == evFail {
			return ""
		}
		if end.Counts == nil {
			if r.job.Check {
				return "checked; the device's jetp does not say what would change"
			}
			return ""
		}
		all.sum(*end.Counts)
	}
	switch playbooks {
	case 0:
		return ""
	case len(r.manifest.Actions):
		return all.sentence(r.job.Check)
	}
	return "its playbooks " + all.sentence(r.job.Check)
}

// joined makes one text of two, either of which may be empty.
func joined(first, between, second string) string {
	if first == "" || second == "" {
		return first + second
	}
	return first + between + second
}
