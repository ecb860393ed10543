package agent

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/install/job"
)

// errGone means that the server does not know the message of a task any more.
var errGone = errors.New("the server has withdrawn the message")

// work carries out the tasks of the queue, one at a time and in order, after
// the job that is under way.
func (r *Runtime) work(ctx context.Context) {
	wait := r.config.spacing()
	for {
		err := r.finishCurrent(ctx)
		t := r.queue.next()
		if err == nil && t != nil {
			err = r.process(ctx, t)
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			r.Logger.Error("cannot go on with an update; it is tried again", "message", idOf(t), "reason", err.Error())
			if wait.Wait(ctx, 0) != nil {
				return
			}
		case t != nil:
			wait.Reset()
		default:
			select {
			case <-r.queue.wake:
			case <-ctx.Done():
				return
			}
		}
	}
}

// idOf is "" for no task.
func idOf(t *Task) string {
	if t == nil {
		return ""
	}
	return t.ID
}

// process brings a task from wherever it stands to its report.
func (r *Runtime) process(ctx context.Context, t *Task) error {
	if r.queue.gone(t) {
		return nil
	}
	if r.queue.snapshot(t).Outcome == nil {
		outcome, err := r.carryOut(ctx, t)
		if errors.Is(err, errGone) {
			outcome, err = &Outcome{Result: job.Refused, Code: wire.StatusNotFound, Reason: errGone.Error()}, nil
		}
		if err != nil {
			return err
		}
		if err := r.queue.note(t, func(t *Task) { t.Outcome = outcome }); err != nil {
			return err
		}
	}
	if err := t.dropPackage(); err != nil {
		r.Logger.Warn(err.Error())
	}
	if err := r.report(ctx, t); err != nil {
		return err
	}
	return r.queue.prune()
}

// carryOut fetches, checks and installs. The outcome is what the final report
// says; an error means that nothing is decided and that the task goes on later.
func (r *Runtime) carryOut(ctx context.Context, t *Task) (*Outcome, error) {
	_, err := os.Stat(job.Path(t.dir))
	switch {
	case err == nil: // handed over before
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("cannot read the job: %w", err)
	case t.Local:
		return failed(wire.StatusFailure, "the local application was interrupted before it began"), nil
	default:
		if outcome, err := r.prepare(ctx, t); outcome != nil || err != nil {
			return outcome, err
		}
	}
	c, err := r.install(ctx, t)
	if err != nil {
		return nil, err
	}
	if err := noteInstalled(r.Layout, c); err != nil {
		return nil, err
	}
	r.refresh()
	if c.Result == job.Succeeded && !t.Local {
		r.tryTell(ctx, t, wire.InstallationCompleted)
	}
	return outcomeOf(c), nil
}

// prepare brings a package as far as job.json: fetched, verified and accepted.
// An outcome ends the task before the installer.
func (r *Runtime) prepare(ctx context.Context, t *Task) (*Outcome, error) {
	if err := r.tell(ctx, t, wire.TransferStarted); err != nil {
		return nil, err
	}
	if outcome, err := r.fetch(ctx, t); outcome != nil || err != nil {
		return outcome, err
	}
	if err := r.tell(ctx, t, wire.TransferCompleted); err != nil {
		return nil, err
	}
	return accept(r.config, r.Layout, t, r.trust, Facts(r.config, r.facts))
}

// tell reports progress and waits until the server has it.
func (r *Runtime) tell(ctx context.Context, t *Task, word wire.Progress) error {
	if order(r.queue.snapshot(t).Told) >= order(word) {
		return nil
	}
	update := wire.MailboxUpdate{ID: t.ID, Msg: wire.Text(word.Msg(""))}
	err := r.up.call(ctx, wire.CommandMailboxUpdate, update, nil)
	if notFound(err) {
		return errGone
	}
	if err != nil && !settled(err) {
		return err
	}
	return r.queue.note(t, func(t *Task) { t.Told = word })
}

// tryTell reports progress where the server can be reached: the installation
// does not wait for it.
func (r *Runtime) tryTell(ctx context.Context, t *Task, word wire.Progress) {
	if order(r.queue.snapshot(t).Told) >= order(word) {
		return
	}
	update := wire.MailboxUpdate{ID: t.ID, Msg: wire.Text(word.Msg(""))}
	err := r.up.try(ctx, wire.CommandMailboxUpdate, update)
	if err != nil && !settled(err) {
		return
	}
	if err := r.queue.note(t, func(t *Task) { t.Told = word }); err != nil {
		r.Logger.Warn(err.Error())
	}
}

// order counts the words of progress; none is 0.
func order(p wire.Progress) int {
	for i, word := range []wire.Progress{wire.TransferStarted, wire.TransferCompleted, wire.InstallationStarted, wire.InstallationCompleted} {
		if p == word {
			return i + 1
		}
	}
	return 0
}

func outcomeOf(c job.Confirmation) *Outcome {
	o := &Outcome{Result: c.Result, Reason: c.Reason, Code: wire.StatusExecutionError}
	switch c.Result {
	case job.Succeeded:
		o.Code = wire.StatusSuccess
	case job.Refused:
		o.Code = wire.StatusNotSupported
	}
	return o
}

// sha256Of reads the sum of an update that checkUpdate has let in.
func sha256Of(u wire.SupUpdate) (sum [32]byte) {
	_, _ = hex.Decode(sum[:], []byte(u.SHA256))
	return sum
}
