package install

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/jetporch/value"
)

// jetpPanic is the exit code of a Rust program that panicked.
const jetpPanic = 101

// applyJetp runs jetp. Only a log that came to its end tells what it changed;
// without one, and after a kill, the device counts as changed.
func (s *step) applyJetp(ctx context.Context, argv []string, playbook, home string, vars *value.Map) error {
	argv = expand(argv, "{playbook}", playbook)
	if vars.Len() > 0 {
		file := filepath.Join(home, "variables.yml")
		if err := job.WriteFile(file, value.JSON(vars), 0o600); err != nil {
			return err
		}
		argv = append(argv, "-e", "@"+file)
	}
	path := filepath.Join(home, "jetp.log")
	s.changed = true
	_, err := s.exec(ctx, command{
		argv: argv, dir: filepath.Dir(playbook),
		env: map[string]string{"HOME": home, "USER": userName(), "JET_LOG": path},
	})
	log := readJetpLog(path)
	for _, task := range log.tasks {
		s.tasks.add(task)
	}
	if s.tasks.whole = log.ended && err == nil && !s.resumed(); s.tasks.whole {
		s.changed = s.tasks.counts.Changed+s.tasks.counts.Failed > 0
	}
	var exit *exitError
	switch {
	case !errors.As(err, &exit):
		return err
	case exit.code == jetpPanic:
		return fmt.Errorf("jetp broke off, which is a defect of jetp: %w", err)
	}
	if failure := log.failure(); failure != "" {
		return fmt.Errorf("%s ended with %s: %s", exit.program, exit.status, failure)
	}
	return err
}
