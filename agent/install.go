package agent

import (
	"context"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/install/job"
)

// install sees to it that the installer brings the job to its end, and tells
// the server about the start.
func (r *Runtime) install(ctx context.Context, t *Task) (job.Confirmation, error) {
	s := supervisor{program: r.Executable, dir: t.dir, root: r.config.Root,
		wait: r.config.spacing(),
		note: func(s string) { r.Logger.Warn(s, "message", t.ID) }}
	return s.run(ctx, func() {
		if !t.Local {
			r.tryTell(ctx, t, wire.InstallationStarted)
		}
	})
}
