package install

import "context"

// The agent's own runtime. The installer is no child of it and outlives it.

func stopRuntime(ctx context.Context, s *step) error {
	s.changed = true
	return s.runtime(ctx, s.run.job.Configuration.RuntimeStop, "stop")
}

func startRuntime(ctx context.Context, s *step) error {
	s.changed = true
	return s.runtime(ctx, s.run.job.Configuration.RuntimeStart, "start")
}

// restartRuntime is the undo of runtime.stop. It stops first: the package may
// have started the runtime on the files that are gone by now.
func restartRuntime(ctx context.Context, s *step) error {
	if err := stopRuntime(ctx, s); err != nil {
		return err
	}
	return startRuntime(ctx, s)
}

// runtime runs the configured command, or the verb on the runtime's service.
func (s *step) runtime(ctx context.Context, argv []string, verb string) error {
	if len(argv) > 0 {
		_, err := s.exec(ctx, command{argv: argv})
		return err
	}
	return s.service(ctx, verb, s.run.job.Configuration.RuntimeService)
}
