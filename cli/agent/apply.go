package agent

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/sluicehq/sluice/agent"
	"github.com/sluicehq/sluice/install/job"
)

func apply(ctx context.Context, args []string, out io.Writer) error {
	f := newFlags("apply", " FILE.sup", out)
	a := agent.Application{Variables: map[string]string{}}
	f.BoolVar(&a.Check, "check", false, "say what would change, and change nothing")
	f.Func("var", "`name=value` of a variable that the package declares; may be given several times", func(s string) error {
		return setVariable(a.Variables, s)
	})
	f.Func("var-file", "`name=FILE`: the value stands in a file, - for standard input", func(s string) error {
		return setVariableFrom(a.Variables, s)
	})
	rest, err := f.parse(args, 1)
	if err != nil {
		return err
	}
	options, err := options(f)
	if err != nil {
		return err
	}
	a.File = rest[0]
	c, err := agent.Apply(ctx, options, a)
	if err != nil {
		return fmt.Errorf("cannot apply %s: %w", a.File, err)
	}
	var text strings.Builder
	printConfirmation(&text, c)
	fmt.Fprint(out, agent.Printable(text.String()))
	if c.Result != job.Succeeded {
		return exit{1, ""}
	}
	return nil
}

func printConfirmation(w io.Writer, c job.Confirmation) {
	for _, a := range c.Actions {
		fmt.Fprintf(w, "%d/%d %s %s: %s\n", a.Index, len(c.Actions), a.Type, a.Summary, a.Status)
		if a.Error != "" {
			fmt.Fprintf(w, "    %s\n", a.Error)
		}
		printTasks(w, a)
	}
	mode := ""
	if c.Check {
		mode = " (check)"
	}
	fmt.Fprintf(w, "%s %s%s: %s\n", c.Package, c.Version, mode, c.Result)
	if c.Reason != "" {
		fmt.Fprintf(w, "    %s\n", c.Reason)
	}
}

// printTasks writes those of a playbook that are not as they should be.
func printTasks(w io.Writer, a job.ActionReport) {
	for _, t := range a.Tasks {
		if t.Status != job.TaskChanged && t.Status != job.TaskFailed {
			continue
		}
		fmt.Fprintf(w, "    %-8s %s", t.Status, strings.TrimPrefix(t.Role+": ", ": ")+t.Task)
		if t.Change != "" {
			fmt.Fprintf(w, ": %s", t.Change)
		}
		fmt.Fprintln(w)
		for line := range strings.Lines(t.Diff) {
			fmt.Fprintf(w, "        %s\n", strings.TrimSuffix(line, "\n"))
		}
	}
}

// setVariableFrom takes name=FILE into given.
func setVariableFrom(given map[string]string, text string) error {
	name, path, ok := strings.Cut(text, "=")
	if !ok || path == "" {
		return fmt.Errorf("the file of a variable is given as name=FILE")
	}
	value, err := readSecret(path)
	if err != nil {
		return err
	}
	return setVariable(given, name+"="+value)
}

// setVariable takes name=value into given.
func setVariable(given map[string]string, text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return fmt.Errorf("a variable is given as name=value")
	}
	if _, twice := given[name]; twice {
		return fmt.Errorf("the variable %s is given twice", name)
	}
	given[name] = value
	return nil
}
