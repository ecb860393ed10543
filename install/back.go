package install

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/sluicehq/sluice/install/job"
)

// errNoUndo is the answer of a handler that cannot take back what it did.
var errNoUndo = errors.New("there is no undo for it: what it did stays")

// back undoes the actions, last one first, and finishes the run.
func (r *run) back(ctx context.Context) error {
	for _, n := range r.undoOrder() {
		if recoveryTable[r.state().step(n).state].back != undoIt {
			continue
		}
		if err := r.undoStep(ctx, n); err != nil {
			return err
		}
	}
	result, reason := job.RolledBack, []string{r.state().cause}
	for n := range r.manifest.Actions {
		s := r.state().step(n + 1)
		if s.state == stepUndoFailed || (s.state == stepKept && (!s.failed || s.end.Changed)) {
			result = job.Inconsistent
			how := "is not undone"
			if s.failed {
				how = "may have left a part of its work"
			}
			reason = append(reason, fmt.Sprintf("action %d (%s) %s: %s", n+1, r.manifest.Actions[n].Type, how, s.undoError))
		}
	}
	if result == job.RolledBack {
		reason = append(reason, "everything was rolled back")
	}
	return r.finish(result, strings.Join(reason, "; "))
}

// undoOrder is last one first, but what starts things again comes when all
// files are back: a service must not come up on half of the old state.
func (r *run) undoOrder() []int {
	var order, late []int
	for n := len(r.manifest.Actions); n > 0; n-- {
		if registry[r.manifest.Actions[n-1].Type].late {
			late = append(late, n)
			continue
		}
		order = append(order, n)
	}
	return append(order, late...)
}

func (r *run) undoStep(ctx context.Context, n int) error {
	s, err := r.newStep(n, false)
	defer s.close()
	if r.state().step(n).state == stepUndoing && r.state().interruptions >= maxInterruptions {
		err = fmt.Errorf("the installer was interrupted %d times in the undo of action %d", maxInterruptions, n)
	} else {
		if err := r.journal.append(r.entry(evUndo, n)); err != nil {
			return err
		}
		if err == nil {
			err = s.revert(ctx)
		}
	}
	if ctx.Err() != nil {
		return ErrInterrupted
	}
	e := r.entry(evRestored, n)
	switch {
	case errors.Is(err, errNoUndo):
		e.Event, e.Error = evKeep, err.Error()
	case err != nil:
		e.Event, e.Error = evUnrestored, sentence(err)
	}
	if err := r.journal.append(e); err != nil {
		return err
	}
	r.confirm()
	return nil
}

// revert undoes what the handler did and then what is in the undo log.
func (s *step) revert(ctx context.Context) error {
	var err error
	if s.handler.undo != nil {
		err = s.within(ctx, s.handler.undo)
	}
	if restoreErr := s.undo.restore(); restoreErr != nil {
		return errors.Join(err, restoreErr)
	}
	return err
}
