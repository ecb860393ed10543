package install

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

var (
	errSandbox = errors.New("the built-in JetPorch runner works on a whole device, not in a sandbox")
	errNoJetp  = errors.New("this device has no jetp program; install jetp")
)

// jetpPanic is the exit code of a Rust program that panicked.
const jetpPanic = 101

// Bounds of the log that is read.
const (
	maxJetpLog  = 16 << 20
	maxJetpLine = 1 << 20
)

// applyPlaybook applies the member with jetp or with the built-in runner.
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
	if argv == nil {
		return s.applyBuiltin(ctx, p.Source, home)
	}
	return s.applyJetp(ctx, argv, playbook, home)
}

// applyJetp runs jetp. It tells neither reliably what it changed nor what of a
// failed playbook was done, so the device always counts as changed.
func (s *step) applyJetp(ctx context.Context, argv []string, playbook, home string) error {
	log := filepath.Join(home, "jetp.log")
	s.changed = true
	_, err := s.exec(ctx, command{
		argv: expand(argv, "{playbook}", playbook), dir: filepath.Dir(playbook),
		env: map[string]string{"HOME": home, "USER": userName(), "JET_LOG": log},
	})
	var exit *exitError
	switch {
	case !errors.As(err, &exit):
		return err
	case exit.code == jetpPanic:
		return fmt.Errorf("jetp broke off, which is a defect of jetp: %w", err)
	}
	if failure := failedTask(log); failure != "" {
		return fmt.Errorf("%s ended with %s: %s", exit.program, exit.status, failure)
	}
	return err
}

// jetPorch is the command of the engine; nil is the built-in runner.
func (r *run) jetPorch(engine string) ([]string, error) {
	argv, found := r.job.Configuration.JetPorch(r.job.Root)
	builtin := job.WholeDevice(r.job.Root) || r.options.wholeDevice
	switch {
	case engine == sup.EngineBuiltin && builtin:
		return nil, nil
	case engine == sup.EngineBuiltin:
		return nil, errSandbox
	case found:
		return argv, nil
	case engine == sup.EngineJetp:
		return nil, errNoJetp
	case builtin:
		return nil, nil
	}
	return nil, fmt.Errorf("%w; %w", errNoJetp, errSandbox)
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
		if !ok || i > 0 && p.Engine != sup.EngineBuiltin {
			continue
		}
		if _, err := r.jetPorch(p.Engine); err != nil {
			return err.Error()
		}
	}
	return ""
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

// failedTask names the last failed task of the log that newer versions of jetp
// write as JSON lines, with what its command said; "" where there is none.
func failedTask(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	failure := ""
	lines := bufio.NewScanner(io.LimitReader(f, maxJetpLog))
	lines.Buffer(nil, maxJetpLine)
	for lines.Scan() {
		var line struct {
			Event, Task string
			Output      string `json:"cmd_out"`
		}
		if json.Unmarshal(lines.Bytes(), &line) != nil || line.Event != "TASK_FAILED" {
			continue
		}
		failure = "task " + limit(line.Task, 200) + " failed"
		if said := strings.TrimSpace(line.Output); said != "" {
			failure += ": " + limit(said, 500)
		}
	}
	return failure
}
