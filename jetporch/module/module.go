package module

import (
	"context"
	"strings"

	"github.com/sluicehq/sluice/jetporch/value"
)

// Need is what a task finds necessary.
type Need string

// The needs (jetporch.md 1.7). Creation, modification, removal and execution
// are changes.
const (
	Matched Need = "matched"
	Create  Need = "created"
	Modify  Need = "modified"
	Remove  Need = "removed"
	Execute Need = "executed"
	Passive Need = "passive"
)

// Changes tells whether applying a plan of this need is a change.
func (n Need) Changes() bool { return n != Matched && n != Passive }

// Plan is what a module would do.
type Plan struct {
	Need   Need
	Fields []string // what is modified: Content, Mode, Version …
	// Apply does it and answers its output. It may be nil when Matched.
	Apply func() (Result, error)
	// Diff is what a change makes of a text that everybody may read; "" when
	// that is not to be shown. It may be nil.
	Diff func() string
}

// Result is what applying a plan gave.
type Result struct {
	Output  string
	Passive bool // nothing was changed after all: changed_when was false
}

// SourceError says that a file of the bundle cannot be read. ignore_errors
// does not cover it, as in jetp.
type SourceError struct{ error }

func (e SourceError) Unwrap() error { return e.error }

// Func is a module. An error means that the task fails.
type Func func(*Call) (Plan, error)

// All is every module by the name of its tag.
var All = map[string]Func{
	"apt":        packages(apt{}),
	"assert":     assert,
	"copy":       copyFile,
	"debug":      debug,
	"directory":  directory,
	"dnf":        packages(dnf{}),
	"echo":       echo,
	"external":   external,
	"facts":      facts,
	"fail":       fail,
	"file":       file,
	"git":        git,
	"group":      group,
	"pacman":     packages(pacman{}),
	"sd_service": service,
	"set":        set,
	"shell":      shell,
	"stat":       stat,
	"template":   templateFile,
	"user":       user,
	"yum":        packages(dnf{}),
	"zypper":     packages(zypper{}),
}

// Call is one task, or one item of it, with its parameters evaluated.
type Call struct {
	Ctx  context.Context
	Host *Host
	Args Args
	Vars *value.Map // every variable that the task sees
	// Pending says that this is a check in which earlier changes were not
	// made, so that a user or service that is missing may be about to come.
	Pending bool

	// Store keeps a variable for the tasks that follow; Fact keeps a fact.
	Store func(name string, v any)
	Fact  func(name string, v any)
	// Find is the full name of a file of the bundle: folder is files,
	// templates or modules. Bundle is the folder that all of them lie in.
	Find   func(folder, name string) string
	Bundle string
	// Test evaluates failed_when and changed_when with further variables.
	Test func(expr string, extra *value.Map) (bool, error)
}

// Args are the evaluated parameters of a task.
type Args struct {
	Texts map[string]string
	Lists map[string][]string
	Tests map[string][]bool // conditions, evaluated; nil where none were given
	Maps  map[string]*value.Map
	Own   Own
}

// Text is a parameter, or "".
func (a Args) Text(name string) string { return a.Texts[name] }

// Has tells whether a parameter was given.
func (a Args) Has(name string) bool {
	_, text := a.Texts[name]
	_, list := a.Lists[name]
	return text || list
}

// Bool is a parameter that is true or false, or otherwise when not given.
func (a Args) Bool(name string, otherwise bool) bool {
	if v, ok := a.Texts[name]; ok {
		return v == "true"
	}
	return otherwise
}

// asOwner plans for the parameter path as the host's user, with the attributes
// looked up.
func (c *Call) asOwner(plan func(*Call, string, owned) (Plan, error)) (p Plan, err error) {
	own, err := c.owned()
	if err != nil {
		return p, err
	}
	err = c.Host.Files(func() error {
		p, err = plan(c, c.Args.Text("path"), own)
		return err
	})
	return p, err
}

func passive(f func() (string, error)) Plan {
	return Plan{Need: Passive, Apply: func() (Result, error) {
		out, err := f()
		return Result{Output: out}, err
	}}
}

func plan(need Need, fields []string, f func() error) Plan {
	return Plan{Need: need, Fields: fields, Apply: func() (Result, error) { return Result{}, f() }}
}

func lines(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
}
