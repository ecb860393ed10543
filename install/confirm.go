package install

import (
	"github.com/sluicehq/sluice/install/job"
)

// confirm writes the confirmation as far as it has come. The journal is what
// counts; a confirmation that cannot be written now is written with the next
// step, and the final one has to be.
func (r *run) confirm() {
	_ = job.WriteConfirmation(r.dir, r.job.LogsDir, r.confirmation())
	r.options.fault("confirmation written")
}

// confirmation is made from the journal and the manifest alone, so that every
// start makes the same one.
func (r *run) confirmation() job.Confirmation {
	state := r.state()
	c := job.Confirmation{
		JobID: r.job.ID, Check: r.job.Check, StartedAt: state.startedAt, FinishedAt: state.finished.At,
		Result: state.finished.Result, Reason: state.finished.Reason, Interruptions: state.resumes,
		Actions: []job.ActionReport{},
	}
	named := state.accepted
	if state.run == runFinished {
		named = state.finished
	}
	c.Package, c.Version, c.ReleaseCounter = named.Package, named.Version, named.Counter
	if r.manifest == nil || state.accepted.Manifest == "" {
		return c
	}
	for i, action := range r.manifest.Actions {
		if report, reached := state.report(i + 1); reached || state.run == runFinished {
			report.Type, report.Summary = action.Type, summarize(action)
			c.Actions = append(c.Actions, report)
		}
	}
	return c
}

// report is false for an action that has come to no end yet.
func (p *progress) report(n int) (job.ActionReport, bool) {
	s := p.step(n)
	r := job.ActionReport{
		Index: n, StartedAt: s.startedAt, Attempts: s.attempts, Changed: s.end.Changed,
		DurationMS: s.end.DurationMS, Output: s.end.Output, Error: s.end.Error,
		Tasks: s.end.Tasks, TasksLeftOut: s.end.TasksLeftOut,
	}
	switch s.state {
	case stepDone:
		r.Status = job.StatusOK
	case stepFailed, stepUndoing:
		r.Status = statusOf(s, job.StatusOK)
	case stepUndone:
		r.Status = statusOf(s, job.StatusUndone)
		r.Changed = false
	case stepKept:
		r.Status = statusOf(s, job.StatusOK)
		if !s.failed {
			r.Error = s.undoError
		}
	case stepUndoFailed:
		r.Status, r.Changed = job.StatusUndoFailed, true
		r.Error = s.undoError
	default:
		r.Status = job.StatusSkipped
		return r, false
	}
	return r, true
}

// statusOf keeps a failure visible after it was rolled back.
func statusOf(s stepProgress, otherwise job.Status) job.Status {
	if s.failed {
		return job.StatusFailed
	}
	return otherwise
}
