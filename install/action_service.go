package install

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/sluicehq/sluice/sup"
)

// A service that was just started may take a moment to say so.
const (
	serviceChecks   = 5
	serviceInterval = time.Second
)

// service runs a verb of the configured service command that changes a service.
func (s *step) service(ctx context.Context, verb, name string) error {
	if err := s.reloadUnits(ctx); err != nil {
		return err
	}
	_, err := s.exec(ctx, command{argv: s.serviceArgv(verb, name)})
	return err
}

func (s *step) serviceArgv(verb, name string) []string {
	return expand(s.run.job.Configuration.ServiceCommand, "{verb}", verb, "{service}", name)
}

// reloadUnits lets systemd read its unit files again, of which the package may
// have replaced some: else it would go on with the former ones. It is not asked
// whether that is needed, since it takes a file with an older time, as one that
// comes back has, for the one that it knows.
func (s *step) reloadUnits(ctx context.Context) error {
	words := s.run.job.Configuration.ServiceCommand
	if !slices.ContainsFunc(words, func(word string) bool { return path.Base(word) == "systemctl" }) {
		return nil
	}
	words = slices.DeleteFunc(slices.Clone(words), func(word string) bool { return strings.Contains(word, "{service}") })
	_, err := s.exec(ctx, command{argv: expand(words, "{verb}", "daemon-reload"), quiet: true})
	var exit *exitError
	if errors.As(err, &exit) {
		return nil // what is wrong with systemd, the verb says
	}
	return err
}

// serviceIs asks is-active or is-enabled. Any exit code but 0 means no; said is
// the word for it that systemctl prints.
func (s *step) serviceIs(ctx context.Context, verb, name string) (is bool, said string, err error) {
	said, err = s.exec(ctx, command{argv: s.serviceArgv(verb, name)})
	var exit *exitError
	if errors.As(err, &exit) && exit.code > 0 {
		return false, strings.TrimSpace(said), nil
	}
	return err == nil, strings.TrimSpace(said), err
}

// noteService notes, for the undo, whether a service runs or is about to.
func (s *step) noteService(ctx context.Context, name string) (active, runs bool, err error) {
	active, said, err := s.serviceIs(ctx, "is-active", name)
	if err != nil {
		return active, active, err
	}
	runs = active || said == "activating" || said == "reloading"
	return active, runs, s.undo.note("before", fmt.Sprint(runs))
}

// bring starts or stops a service, whatever state it seems to be in. Where it
// was there already, a service manager that says no has nothing to do.
func (s *step) bring(ctx context.Context, name string, up bool, verb string) error {
	active, runs, err := s.noteService(ctx, name)
	if err != nil {
		return err
	}
	s.changed = s.undo.notes["before"] != fmt.Sprint(up)
	err = s.service(ctx, verb, name)
	var exit *exitError
	if there := (up && active) || (!up && !runs); there && errors.As(err, &exit) {
		return nil
	}
	return err
}

// undoBring runs the verb where the action changed the state to want.
func (s *step) undoBring(ctx context.Context, name string, want bool, verb string) error {
	if before, noted := s.undo.notes["before"]; !noted || before == fmt.Sprint(want) {
		return nil
	}
	return s.service(ctx, verb, name)
}

func startService(ctx context.Context, s *step, p *sup.Service) error {
	return s.bring(ctx, p.Name, true, "start")
}

func undoStart(ctx context.Context, s *step, p *sup.Service) error {
	return s.undoBring(ctx, p.Name, true, "stop")
}

func stopService(ctx context.Context, s *step, p *sup.Service) error {
	return s.bring(ctx, p.Name, false, "stop")
}

func undoStop(ctx context.Context, s *step, p *sup.Service) error {
	return s.undoBring(ctx, p.Name, false, "start")
}

func enableService(ctx context.Context, s *step, p *sup.Service) error {
	is, _, err := s.serviceIs(ctx, "is-enabled", p.Name)
	if err != nil {
		return err
	}
	if err := s.undo.note("before", fmt.Sprint(is)); err != nil {
		return err
	}
	if s.changed = s.undo.notes["before"] != "true"; is {
		return nil
	}
	return s.service(ctx, "enable", p.Name)
}

func undoEnable(ctx context.Context, s *step, p *sup.Service) error {
	return s.undoBring(ctx, p.Name, true, "disable")
}

func restartService(ctx context.Context, s *step, p *sup.Service) error {
	if _, _, err := s.noteService(ctx, p.Name); err != nil {
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
		is, _, err := s.serviceIs(ctx, "is-active", p.Name)
		if err == nil && !is {
			err = fmt.Errorf("service %s does not run", p.Name)
		}
		return err
	})
}
