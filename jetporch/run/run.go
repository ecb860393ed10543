package run

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/sluicehq/sluice/jetporch/module"
	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/jetporch/value"
)

// Bounds of time when Options does not give any.
const (
	DefaultTaskTimeout = time.Hour
	DefaultTimeout     = 4 * time.Hour
)

// Options says how a playbook is run.
type Options struct {
	Dir       string // folder of the playbook, absolute
	Root      string // folder that stands for the machine, absolute; "" or "/" is the machine itself
	Check     bool
	ExtraVars *value.Map
	Sudo      string // user for plays that name none
	// Resumed says that an earlier run was cut off. It may have changed what
	// is as it should be now, so a task notifies without a change, too.
	Resumed     bool
	Env         []string
	TaskTimeout time.Duration // of one attempt at one item
	Timeout     time.Duration // of the whole
	Now         func() time.Time
	Emit        func(Event) // called in order, once a task

	// Pause waits between attempts. OSRelease is the file that !facts reads,
	// by its name on the device.
	Pause     func(context.Context, time.Duration)
	OSRelease string

	// Exec runs the programs of tasks in the place of exec.Cmd.Run, for a
	// caller that has to know what is at work.
	Exec func(context.Context, *exec.Cmd) error
}

// Run runs a bundle. The error says why the run did not come to its end; the
// summary holds for what was run before.
func Run(ctx context.Context, b *script.Bundle, o Options) (Summary, error) {
	o = withDefaults(o)
	if err := runnable(b); err != nil {
		return Summary{}, err
	}
	var err error
	if o.Root, err = realRoot(o.Root); err == nil && o.Root != "" {
		err = inBundle(b)
	}
	if err != nil {
		return Summary{}, err
	}
	start := o.Now()
	ctx, cancel := context.WithTimeoutCause(ctx, o.Timeout, fmt.Errorf("the whole took longer than %s", o.Timeout))
	defer cancel()
	r := &runner{o: o, b: b, stored: &value.Map{}, facts: &value.Map{}, unsaved: map[string]bool{}}
	for _, p := range b.Plays {
		if err = r.play(ctx, p); err != nil {
			break
		}
	}
	r.summary.Duration = o.Now().Sub(start)
	return r.summary, err
}

func withDefaults(o Options) Options {
	if o.TaskTimeout <= 0 {
		o.TaskTimeout = DefaultTaskTimeout
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.OSRelease == "" {
		o.OSRelease = "/etc/os-release"
	}
	if o.Pause == nil {
		o.Pause = pause
	}
	if o.Emit == nil {
		o.Emit = func(Event) {}
	}
	return o
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// runnable refuses what jetp's parser would refuse, and handlers on which
// jetp panics.
func runnable(b *script.Bundle) error {
	var wrong []string
	for _, f := range script.Sort(b.Findings) {
		if f.Severity == script.Error {
			wrong = append(wrong, f.String())
		}
	}
	b.Tasks(func(t *script.Task) {
		if t.Handler && t.With.Pos.Line > 0 && !t.With.Subscribe.Given() {
			wrong = append(wrong, fmt.Sprintf("%s:%d:%d: error %s: a handler with with needs subscribe",
				t.File.Name, t.With.Pos.Line, t.With.Pos.Col, script.NoSubscribe))
		}
	})
	if len(wrong) > 0 {
		return errors.New("the playbook cannot be run; nothing was done:\n" + strings.Join(wrong, "\n"))
	}
	return nil
}

type runner struct {
	o       Options
	b       *script.Bundle
	summary Summary

	stored *value.Map // by set and save
	facts  *value.Map

	// unsaved are the variables that commands would save which a check does
	// not run.
	unsaved map[string]bool
}

// scope is where a task runs: its play, and its role with the variables of
// this use of it.
type scope struct {
	play     *script.Play
	role     *script.Role
	roleVars *value.Map
	notified map[string]bool // events of the play
}

// play runs the tasks of roles, the loose tasks, and the handlers in the same
// order (jetporch.md 1.6).
func (r *runner) play(ctx context.Context, p *script.Play) error {
	for _, g := range p.Groups {
		if g.Value != "all" {
			return fmt.Errorf("the play %q is for the group %q; on the machine itself there is only all", p.Name.Value, g.Value)
		}
	}
	notified := map[string]bool{}
	var scopes []scope
	for _, u := range p.Roles {
		scopes = append(scopes, scope{p, r.b.Roles[u.Role.Value], u.Vars.Map, notified})
	}
	loose := scope{play: p, notified: notified}
	for _, s := range scopes {
		if err := r.tasks(ctx, s, s.role.Tasks); err != nil {
			return err
		}
	}
	if err := r.tasks(ctx, loose, p.Tasks); err != nil {
		return err
	}
	for _, s := range scopes {
		if err := r.handlers(ctx, s, s.role.Handlers); err != nil {
			return err
		}
	}
	return r.handlers(ctx, loose, p.Handlers)
}

func (r *runner) tasks(ctx context.Context, s scope, tasks []*script.Task) error {
	for _, t := range tasks {
		if err := r.task(ctx, s, t); err != nil {
			return err
		}
	}
	return nil
}

// handlers runs those whose event was notified, and those without with.
func (r *runner) handlers(ctx context.Context, s scope, tasks []*script.Task) error {
	for _, t := range tasks {
		if t.With.Pos.Line > 0 && !s.notified[t.With.Subscribe.Value] {
			continue
		}
		if err := r.task(ctx, s, t); err != nil {
			return err
		}
	}
	return nil
}

// folder is where the files of a task lie: its role's folder or the
// playbook's.
func (r *runner) folder(s scope) string {
	if s.role == nil {
		return r.o.Dir
	}
	return filepath.Join(r.o.Dir, s.role.Dir)
}

// find names a file of the bundle. Programs of external lie beside the
// playbook only.
func (r *runner) find(s scope) func(folder, name string) string {
	return func(folder, name string) string {
		switch {
		case filepath.IsAbs(name):
			return name
		case folder == "modules":
			return filepath.Join(r.o.Dir, folder, name)
		}
		return filepath.Join(r.folder(s), folder, name)
	}
}

// vars blends the variables that a task sees, lowest first (jetporch.md 1.8).
func (r *runner) vars(s scope) *value.Map {
	out := value.Blend(&value.Map{}, s.play.Defaults.Map)
	if s.role != nil {
		out = value.Blend(out, s.role.Defaults.Map)
	}
	out = value.Blend(out, r.stored)
	out = value.Blend(out, r.facts)
	out = value.Blend(out, s.play.Vars.Map)
	for _, v := range s.play.FileVars {
		out = value.Blend(out, v.Map)
	}
	out = value.Blend(out, s.roleVars)
	return value.Blend(out, r.o.ExtraVars)
}

// host is the machine as a task sees it.
func (r *runner) host(s scope, sudo string) *module.Host {
	h := &module.Host{Env: r.o.Env, Dir: r.folder(s), User: sudo, Root: r.o.Root, Release: r.o.OSRelease, Exec: r.o.Exec}
	if s.play.SudoTemplate.Given() {
		h.SudoTemplate = s.play.SudoTemplate.Value
	}
	return h
}
