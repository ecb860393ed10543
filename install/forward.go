package install

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

// severeError ends the processing: on_failure "continue" does not help.
type severeError struct{ cause error }

func (e *severeError) Error() string { return e.cause.Error() }
func (e *severeError) Unwrap() error { return e.cause }

var errRunTimeout = errors.New("the time of the whole package is over")

// forward does the actions in sequence. It returns when the run is finished or
// has to be rolled back.
func (r *run) forward(ctx context.Context) error {
	limit := defaultRunTimeout
	if s := r.manifest.TimeoutSeconds; s > 0 {
		limit = time.Duration(s) * time.Second
	}
	limited, cancel := context.WithTimeoutCause(ctx, max(limit-r.before, 0), &severeError{errRunTimeout})
	defer cancel()
	passed := ""
	for n := 1; n <= len(r.manifest.Actions); n++ {
		switch recoveryTable[r.state().step(n).state].forward {
		case doIt, awaitBoot:
			if err := r.doStep(ctx, limited, n); err != nil {
				return err
			}
		}
		now := r.state().step(n)
		if recoveryTable[now.state].forward != judge {
			continue
		}
		reason := fmt.Sprintf("action %d (%s) failed: %s", n, r.manifest.Actions[n-1].Type, now.end.Error)
		switch onFailure := r.manifest.Actions[n-1].OnFailure; {
		case onFailure == sup.Rollback && !r.job.Check: // a check has nothing to undo
			e := r.entry(evRollBack, 0)
			e.Reason = reason
			return r.journal.append(e)
		case onFailure != sup.Continue || now.end.Severe:
			return r.finish(job.Failed, reason)
		}
		passed = reason + "; the package says to go on"
	}
	return r.finish(job.Succeeded, joined(passed, "; ", r.taskSummary()))
}

// doStep does one action for the first time or again. The outer context is the
// caller's: when it ends, the action is interrupted and has not failed.
func (r *run) doStep(outer, limited context.Context, n int) error {
	begun := monotonic()
	state := r.state().step(n).state
	if recoveryTable[state].forward == doIt {
		if err := r.journal.append(r.entry(evIntend, n)); err != nil {
			return err
		}
	}
	s, err := r.newStep(n, true)
	defer s.close()
	switch {
	case err != nil:
		err = &severeError{err}
	case state != stepPlanned && r.state().interruptions >= maxInterruptions:
		err = fmt.Errorf("the installer was interrupted %d times in action %d", maxInterruptions, n)
	case recoveryTable[state].forward == awaitBoot:
		err = s.awaitBoot(limited)
	default:
		err = s.attempt(limited, s.handler.do)
	}
	if outer.Err() != nil {
		return ErrInterrupted
	}
	if errors.Is(err, ErrRebooting) {
		r.confirm()
		return err
	}
	return s.finish(err, monotonic()-begun)
}

// attempt calls a part of the handler within the action's timeout.
func (s *step) attempt(ctx context.Context, part func(context.Context, *step) error) error {
	if s.run.journal.exhausted() {
		return &severeError{errors.New("the disk is full: there is no room for the journal; free some space")}
	}
	return s.within(ctx, part)
}

func (s *step) within(ctx context.Context, part func(context.Context, *step) error) error {
	limit := defaultActionTimeout
	if n := s.action.TimeoutSeconds; n > 0 {
		limit = time.Duration(n) * time.Second
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("it took longer than %s", limit))
	defer cancel()
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	return part(ctx, s)
}

// finish writes down what came of the action. Files that a failed action had
// begun to change are put back first: it leaves all of its work or nothing.
func (s *step) finish(err error, took time.Duration) error {
	e := s.run.entry(evSucceed, s.number)
	e.DurationMS, e.Output = max(took.Milliseconds(), 0), s.output.String()
	e.Changed = s.changed || s.undo.changed()
	e.Tasks, e.TasksLeftOut = s.tasks.reports, s.tasks.leftOut
	if s.tasks.whole {
		e.Counts = &s.tasks.counts
	}
	if err != nil {
		if restoreErr := s.undo.restore(); restoreErr != nil {
			err = &severeError{errors.Join(err, restoreErr)}
		} else {
			e.Changed = s.handler.partial && (s.changed || s.resumed())
		}
		var severe *severeError
		e.Event, e.Error = evFail, sentence(err)
		e.Severe = errors.As(err, &severe) || errors.Is(err, syscall.EROFS)
	}
	if err := s.run.journal.append(e); err != nil {
		return err
	}
	s.run.confirm()
	return nil
}
