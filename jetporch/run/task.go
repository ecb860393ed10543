package run

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sluicehq/sluice/jetporch/module"
	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/jetporch/template"
	"github.com/sluicehq/sluice/jetporch/value"
)

// doing is one task being run.
type doing struct {
	r  *runner
	s  scope
	t  *script.Task
	ev Event

	diffs diffs
}

// task runs a task with all its items and emits its event.
func (r *runner) task(ctx context.Context, s scope, t *script.Task) error {
	start := r.o.Now()
	d := doing{r: r, s: s, t: t, ev: Event{Host: "localhost", Play: s.play.Name.Value, Task: t.Title(), Module: t.Module.Name,
		File: t.File.Name, Line: t.Pos.Line, Handler: t.Handler, Status: OK}}
	if s.role != nil {
		d.ev.Role = s.role.Name
	}
	err := d.run(ctx)
	if name := r.notYet(err); name != "" {
		err = nil
		d.ev.Status, d.ev.Output = Skipped, fmt.Sprintf("%q is saved by a command that a check does not run, so that this cannot be told", name)
	}
	if err != nil {
		d.ev.Status, d.ev.Error = Failed, err.Error()
	}
	d.ev.Output = tail(d.ev.Output)
	d.ev.Diff = d.diffs.String()
	d.ev.Duration = r.o.Now().Sub(start)
	r.summary.add(d.ev)
	r.o.Emit(d.ev)
	if err != nil {
		return fmt.Errorf("the task %q at %s:%d failed: %w", t.Title(), t.File.Name, t.Pos.Line, err)
	}
	return nil
}

// notYet is the variable that a task lacks only because this is a check.
func (r *runner) notYet(err error) string {
	var wrong *template.Error
	if r.o.Check && errors.As(err, &wrong) && r.unsaved[wrong.Missing] {
		return wrong.Missing
	}
	return ""
}

func tail(s string) string {
	if len(s) > MaxOutput {
		s = "…" + strings.ToValidUTF8(s[len(s)-MaxOutput+len("…"):], "")
	}
	return s
}

// run decides on the condition, then runs the module for each item.
func (d *doing) run(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	vars := d.r.vars(d.s)
	if d.t.With.Condition.Given() {
		yes, err := condition(d.t.With.Condition, vars)
		if err != nil {
			return err
		}
		if !yes {
			d.ev.Status = Skipped
			return nil
		}
	}
	items, err := d.items(vars)
	if err != nil {
		return err
	}
	if !d.t.With.HasItems {
		return d.item(ctx, vars)
	}
	if len(items) == 0 {
		return errors.New("with.items contained no entries")
	}
	for _, item := range items {
		vars := d.r.vars(d.s)
		vars.Set("item", item)
		if err := d.item(ctx, vars); err != nil {
			return err
		}
	}
	return nil
}

func (d *doing) items(vars *value.Map) ([]any, error) {
	if name := d.t.With.Items; name.Given() {
		return namedItems(name, vars)
	}
	var out []any
	for _, text := range d.t.With.List {
		s, err := strict("items", text, vars)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// namedItems are the entries of the list that a variable holds. Its texts are
// rendered and screened as those of an inline list are; other values stay.
func namedItems(name script.Text, vars *value.Map) ([]any, error) {
	v, _ := vars.Get(name.Value)
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("with.items names %q, which is no list", name.Value)
	}
	out := make([]any, len(list))
	for i, entry := range list {
		out[i] = entry
		text, ok := entry.(string)
		if !ok {
			continue
		}
		at := name
		at.Value = text
		s, err := strict(fmt.Sprintf("entry %d of the list %q", i+1, name.Value), at, vars)
		if err != nil {
			return nil, err
		}
		out[i] = s
	}
	return out, nil
}

// after is the evaluated block "and".
type after struct {
	ignore       bool
	retry, delay uint64
	notify       string
}

// item runs the module once, with retries.
func (d *doing) item(ctx context.Context, vars *value.Map) error {
	and, err := d.after(vars)
	if err != nil {
		return err
	}
	host, err := d.host(vars)
	if err != nil {
		return err
	}
	for attempt := uint64(0); ; attempt++ {
		res, p, inModule, err := d.attempt(ctx, host, vars)
		if attempt > 0 {
			d.ev.Attempts = int(attempt) + 1
		}
		d.ev.Output = tail(join(d.ev.Output, res.Output)) // of any number of items and attempts
		switch {
		case err == nil:
			d.done(p, res, and)
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case and.ignore && inModule:
			d.ev.Ignored = true
			d.ev.Output = join(d.ev.Output, err.Error())
			return nil
		case attempt >= and.retry:
			return err
		}
		d.r.o.Pause(ctx, seconds(and.delay))
	}
}

func join(a, b string) string {
	b = strings.TrimRight(b, "\n")
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n" + b
}

// attempt plans and, unless this is a check, applies. inModule tells a failure
// of the module itself, which alone ignore_errors covers.
func (d *doing) attempt(ctx context.Context, host *module.Host, vars *value.Map) (res module.Result, p module.Plan, inModule bool, err error) {
	limit := d.r.o.TaskTimeout
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("the task took longer than %s", limit))
	defer cancel()
	args, err := arguments(d.t, vars)
	if err != nil {
		return res, p, false, err
	}
	f := module.All[d.t.Module.Name]
	if f == nil {
		return res, p, false, fmt.Errorf("the module %s has no meaning on Linux", d.t.Module.Name)
	}
	call := &module.Call{Ctx: ctx, Host: host, Args: args, Vars: vars,
		Pending: d.r.o.Check && d.r.summary.Changed > 0,
		Store:   func(name string, v any) { d.r.stored.Set(name, v) },
		Fact:    func(name string, v any) { d.r.facts.Set(name, v) },
		Find:    d.r.find(d.s), Bundle: d.r.o.Dir,
		Test: func(expr string, extra *value.Map) (bool, error) {
			return test(expr, vars, extra)
		}}
	if p, err = f(call); err != nil {
		var source module.SourceError
		return res, p, !errors.As(err, &source), err
	}
	if d.r.o.Check && p.Diff != nil {
		d.diffs.add(p.Diff())
	}
	if p.Apply == nil || p.Need == module.Matched || d.r.o.Check && p.Need != module.Passive {
		return res, p, true, nil
	}
	res, err = p.Apply()
	return res, p, true, err
}

// done notes what an attempt that succeeded means for the event.
func (d *doing) done(p module.Plan, res module.Result, and after) {
	if !p.Need.Changes() || res.Passive {
		if d.r.o.Resumed {
			d.notify(and)
		}
		return
	}
	if save := d.t.Param("save"); d.r.o.Check && p.Need == module.Execute && save.Given() {
		d.r.unsaved[save.Text.Value] = true
	}
	d.ev.Status, d.ev.Change, d.ev.Check = Changed, string(p.Need), d.r.o.Check
	for _, f := range p.Fields {
		if !slices.Contains(d.ev.Fields, f) {
			d.ev.Fields = append(d.ev.Fields, f)
		}
	}
	d.notify(and)
}

func (d *doing) notify(and after) {
	if and.notify == "" || d.t.Handler {
		return
	}
	if !slices.Contains(d.ev.Notified, and.notify) {
		d.ev.Notified = append(d.ev.Notified, and.notify)
	}
	if !d.r.o.Check {
		d.s.notified[and.notify] = true
	}
}
