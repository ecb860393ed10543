package install

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sluicehq/sluice/sup"
)

// A service that was just started may take a moment to say so.
const (
	serviceChecks   = 5
	serviceInterval = time.Second
)

// service runs a verb of the configured service command.
func (s *step) service(ctx context.Context, verb, name string) error {
	argv := expand(s.run.job.Configuration.ServiceCommand, "{verb}", verb, "{service}", name)
	_, err := s.exec(ctx, command{argv: argv})
	return err
}

// serviceIs asks is-active or is-enabled. Any exit code but 0 means no.
func (s *step) serviceIs(ctx context.Context, verb, name string) (bool, error) {
	err := s.service(ctx, verb, name)
	var exit *exitError
	if errors.As(err, &exit) && exit.code > 0 {
		return false, nil
	}
	return err == nil, err
}

// bring sets a service to a state with the verb, unless it has it. What it was
// before is noted first, for the undo.
func (s *step) bring(ctx context.Context, name, question string, want bool, verb string) error {
	is, err := s.serviceIs(ctx, question, name)
	if err != nil {
		return err
	}
	if err := s.undo.note("before", fmt.Sprint(is)); err != nil {
		return err
	}
	s.changed = s.undo.notes["before"] != fmt.Sprint(want)
	if is == want {
		return nil
	}
	return s.service(ctx, verb, name)
}

// undoBring runs the verb where the action changed the state to want.
func (s *step) undoBring(ctx context.Context, name string, want bool, verb string) error {
	if before, noted := s.undo.notes["before"]; !noted || before == fmt.Sprint(want) {
		return nil
	}
	return s.service(ctx, verb, name)
}

func startService(ctx context.Context, s *step, p *sup.Service) error {
	return s.bring(ctx, p.Name, "is-active", true, "start")
}

func undoStart(ctx context.Context, s *step, p *sup.Service) error {
	return s.undoBring(ctx, p.Name, true, "stop")
}

func stopService(ctx context.Context, s *step, p *sup.Service) error {
	return s.bring(ctx, p.Name, "is-active", false, "stop")
}

func undoStop(ctx context.Context, s *step, p *sup.Service) error {
	return s.undoBring(ctx, p.Name, false, "start")
}

func enableService(ctx context.Context, s *step, p *sup.Service) error {
	return s.bring(ctx, p.Name, "is-enabled", true, "enable")
}

func undoEnable(ctx context.Context, s *step, p *sup.Service) error {
	return s.undoBring(ctx, p.Name, true, "disable")
}

func restartService(ctx context.Context, s *step, p *sup.Service) error {
	is, err := s.serviceIs(ctx, "is-active", p.Name)
	if err != nil {
		return err
	}
	if err := s.undo.note("before", fmt.Sprint(is)); err != nil {
		return err
	}
	s.changed = true
	return s.service(ctx, "restart", p.Name)
}

// undoRestart lets the service come up on the restored files, or stops it
// where it did not run.
func undoRestart(ctx context.Context, s *step, p *sup.Service) error {
	switch s.undo.notes["before"] {
	case "true":
		return s.service(ctx, "restart", p.Name)
	case "false":
		return s.service(ctx, "stop", p.Name)
	}
	return nil
}

func checkService(ctx context.Context, s *step, p *sup.Service) error {
	return s.retry(ctx, serviceChecks, serviceInterval, func() error {
		is, err := s.serviceIs(ctx, "is-active", p.Name)
		if err == nil && !is {
			err = fmt.Errorf("service %s does not run", p.Name)
		}
		return err
	})
}
