package agent

import (
	"context"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/install/job"
)

// install sees to it that the installer brings the job to its end, and tells
// the server about the start.
func (r *Runtime) install(ctx context.Context, t *Task) (job.Confirmation, error) {
	s := r.supervisor(t.dir, "message", t.ID)
	return s.run(ctx, func() {
		if !t.Local {
			r.tryTell(ctx, t, wire.InstallationStarted)
		}
	})
}

func (r *Runtime) supervisor(dir string, about ...any) *supervisor {
	return &supervisor{program: r.Executable, dir: dir, root: r.config.Root, state: r.Layout.State(),
		wait: r.config.spacing(), note: func(s string) { r.Logger.Warn(s, about...) }}
}

// finishCurrent brings the job that is under way to its end, whatever its place
// in the queue: it has changed files, and no other one can begin. One that was
// applied on the device need not be in the queue yet.
func (r *Runtime) finishCurrent(ctx context.Context) error {
	dir, err := job.Current(r.Layout.State())
	if err != nil || dir == "" {
		return err
	}
	if t := r.queue.in(dir); t != nil {
		_, err = r.install(ctx, t)
		return err
	}
	c, err := r.supervisor(dir, "job", dir).run(ctx, func() {})
	if err != nil {
		return err
	}
	return noteInstalled(r.Layout, c)
}
