package install

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/sluicehq/sluice/jetporch/value"
	"github.com/sluicehq/sluice/sup"
	"github.com/sluicehq/sluice/variable"
)

var (
	errNoJetp  = errors.New("this device has no jetp program; install jetp")
	errNoCheck = errors.New("the device's configured JetPorch command has no argument local that check-local could take the place of: it cannot check a playbook first; use the engine builtin")
)

// applyPlaybook applies the member, or checks it, with jetp or with the
// built-in runner.
func applyPlaybook(ctx context.Context, s *step, p *sup.PlaybookApply) error {
	argv, err := s.run.jetPorch(p.Engine)
	if err != nil {
		return err
	}
	playbook, err := s.memberPath(p.Source)
	if err != nil {
		return err
	}
	home := s.run.jetPorchDir()
	if err := os.RemoveAll(home); err != nil { // of a start that was killed
		return fmt.Errorf("cannot empty the home of the playbook: %w", err)
	}
	if err := os.Mkdir(home, 0o700); err != nil {
		return fmt.Errorf("cannot make a home for the playbook: %w", err)
	}
	defer os.RemoveAll(home)
	vars, err := s.run.variables()
	if err != nil {
		return err
	}
	if argv == nil {
		return s.applyBuiltin(ctx, p.Source, home, vars)
	}
	return s.applyJetp(ctx, argv, playbook, home, vars)
}

// jetPorch is the command of the engine; nil is the built-in runner.
func (r *run) jetPorch(engine string) ([]string, error) {
	argv, found := r.job.Configuration.JetPorch(r.job.Root)
	switch {
	case engine == sup.EngineBuiltin, engine != sup.EngineJetp && !found:
		return nil, nil
	case !found:
		return nil, errNoJetp
	case !r.job.Check:
		return argv, nil
	}
	mode := slices.Index(argv[1:], "local") + 1
	if mode == 0 {
		return nil, errNoCheck
	}
	argv[mode] = "check-local"
	return argv, nil
}

// playbookRefusal refuses, before anything is touched, a playbook that nothing
// on the device can apply and that no earlier action can bring the program for.
func (r *run) playbookRefusal(m *sup.Manifest) string {
	for i, a := range m.Actions {
		params, err := sup.DecodeParams(a)
		if err != nil {
			continue // the action itself fails, and says why
		}
		p, ok := params.(*sup.PlaybookApply)
		if !ok || i > 0 && !r.job.Check {
			continue
		}
		if _, err := r.jetPorch(p.Engine); err != nil {
			return err.Error()
		}
	}
	return ""
}

// variables are what the operator gave, in their types.
func (r *run) variables() (*value.Map, error) {
	given, err := variable.Check(r.manifest.Variables, r.job.Variables)
	if err != nil {
		return nil, err
	}
	vars := &value.Map{}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		vars.Set(name, given[name])
	}
	return vars, nil
}

// jetPorchDir is writable and of this job alone: the tasks of a playbook take
// it for the home of their user.
func (r *run) jetPorchDir() string { return filepath.Join(r.dir, "jetp") }

// userName is needed by jetp, which makes its temporary folder from it.
func userName() string {
	if name := os.Getenv("USER"); os.Getuid() != 0 && name != "" {
		return name
	}
	return "root"
}
