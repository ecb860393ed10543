package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/sluicehq/sluice/agent/fact"
	"github.com/sluicehq/sluice/agent/transfer"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/install/job"
)

// Application is a package that is applied from a file.
type Application struct {
	File      string
	Check     bool              // in check mode: nothing on the device changes
	Variables map[string]string // for those that the package declares
}

// Apply installs a package from a file, without the server: the same
// verification, the same installer. The lines of its log go to the server at
// the runtime's next contact. A package that is refused is an error.
func Apply(ctx context.Context, o Options, a Application) (job.Confirmation, error) {
	c, err := Load(o.Layout)
	if err != nil {
		return job.Confirmation{}, err
	}
	if err := o.Layout.Make(); err != nil {
		return job.Confirmation{}, err
	}
	t, err := prepareLocal(o, c, a)
	if err != nil {
		return job.Confirmation{}, err
	}
	s := supervisor{program: o.Executable, dir: t.dir, root: c.Root, state: o.Layout.State(),
		wait: c.spacing(), note: func(s string) { o.Logger.Warn(s) }}
	confirmation, err := s.run(ctx, func() {})
	if err != nil {
		return confirmation, err
	}
	if err := t.dropPackage(); err != nil {
		o.Logger.Warn(err.Error())
	}
	return confirmation, noteInstalled(o.Layout, confirmation)
}

// prepareLocal makes the job. task.json comes last: the runtime takes no
// notice of a folder before that.
func prepareLocal(o Options, c Configuration, a Application) (*Task, error) {
	trust, err := c.trust()
	if err != nil {
		return nil, err
	}
	release, err := hold(o.Layout.Jobs(), unix.LOCK_SH)
	if err != nil {
		return nil, err
	}
	defer release()
	q, _, err := openQueue(o.Layout.Jobs())
	if err != nil {
		return nil, err
	}
	if err := q.makeRoom(func(t *Task, c job.Confirmation) error { return auditEnded(o, t, c) }); err != nil {
		return nil, err
	}
	id := "local-" + newAppID()[:16]
	t := &Task{ID: id, Local: true, ReceivedAt: o.Now(), Told: wire.TransferCompleted, dir: filepath.Join(o.Layout.Jobs(), id),
		Check: a.Check, Update: wire.SupUpdate{Name: filepath.Base(a.File), File: filepath.Base(a.File), Variables: a.Variables}}
	for _, other := range q.tasks {
		t.Sequence = max(t.Sequence, other.Sequence)
	}
	t.Sequence++
	if err := os.Mkdir(t.dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make a job folder: %w", err)
	}
	err = copyPackage(a.File, t)
	if err == nil {
		var outcome *Outcome
		outcome, err = accept(c, o.Layout, t, trust, Facts(c, fact.NewReader(c.Root)))
		if outcome != nil {
			err = errors.New(outcome.Reason)
		}
	}
	if err == nil {
		err = t.save()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(t.dir))
	}
	return t, job.SyncDir(o.Layout.Jobs())
}

// auditEnded puts the lines of a task into the device's audit log, unless they
// are there.
func auditEnded(o Options, t *Task, c job.Confirmation) error {
	if t.Audited {
		return nil
	}
	t.Outcome = outcomeOf(c)
	return appendAudit(o.Layout, o.Now(), t.ID, auditLines(t, c))
}

func copyPackage(file string, t *Task) error {
	from, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("cannot read the package: %w", err)
	}
	defer from.Close()
	to, err := transfer.OpenFile(t.partPath())
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		return fmt.Errorf("cannot copy the package: %w", err)
	}
	return to.MoveTo(t.packagePath())
}
