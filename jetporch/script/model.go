package script

import "github.com/sluicehq/sluice/jetporch/value"

// Bundle is a playbook with everything that it names.
type Bundle struct {
	Playbook *File
	Plays    []*Play
	Roles    map[string]*Role // by the name that plays use; those that were found
	Files    Files            // nil for a single text
	Profile  Profile
	Findings []Finding
}

// Play is one entry of a playbook.
type Play struct {
	Pos          Pos
	Name         Text
	Groups       []Text
	Roles        []*Use
	Defaults     Vars
	Vars         Vars
	VarsFiles    []Text
	FileVars     []Vars // what VarsFiles hold, those that were found
	Sudo         Text
	SudoTemplate Text
	Batch        Text
	Tasks        []*Task
	Handlers     []*Task
}

// Use is the invocation of a role.
type Use struct {
	Pos  Pos
	Role Text
	Vars Vars
	Tags []Text
}

// Role is a folder below roles/.
type Role struct {
	Name     string // of the folder
	Dir      string // relative to the playbook, or absolute
	File     *File  // role.yml
	Files    []Text // of tasks and handlers, as role.yml names them
	Defaults Vars
	Tasks    []*Task
	Handlers []*Task
}

// Vars is a map of variables and where each stands.
type Vars struct {
	Pos    Pos
	Map    *value.Map // nil when not given
	Values []Variable
	File   *File
}

// Variable is one entry of a map of variables.
type Variable struct {
	Key   Text
	Value Text   // of a scalar; not given for lists and maps
	Inner []Text // the texts inside a list or map
	List  []Text // the texts that are entries of a list themselves
	Many  bool   // it is a list or a map
	Plain bool   // the scalar has no quotes
}

// Task is one task or handler.
type Task struct {
	File    *File
	Pos     Pos
	Module  *Module
	Handler bool
	Role    *Role // nil outside roles
	Name    Text
	Params  []Param
	With    With
	And     And
}

// Title is the name of the task, or its module when it has none.
func (t *Task) Title() string {
	if t.Name.Given() {
		return t.Name.Value
	}
	return t.Module.Name
}

// Param returns a parameter; it is not Given when the task does not have it.
func (t *Task) Param(name string) Param {
	for _, p := range t.Params {
		if p.Key.Name == name {
			return p
		}
	}
	return Param{}
}

// Param is a parameter of a module. Which field holds its value follows from
// the kind of its key.
type Param struct {
	Key  *Key
	Text Text    // one value, and the place of every kind
	List []Text  // Names, Exprs, Plains
	Vars Vars    // Map
	Own  []Param // Attrs
}

// Given tells whether the task has the parameter.
func (p Param) Given() bool { return p.Key != nil }

// With is what decides on a task before it runs.
type With struct {
	Pos        Pos // Line 0: there is no with
	Condition  Text
	Items      Text // the name of a list
	List       []Text
	HasItems   bool
	Subscribe  Text
	Sudo       Text
	Tags       []Text
	DelegateTo Text
}

// And is what happens after a task.
type And struct {
	Pos          Pos
	Notify       Text
	IgnoreErrors Text
	Retry        Text
	Delay        Text
}

// Tasks calls f for every task and handler of the bundle once.
func (b *Bundle) Tasks(f func(*Task)) {
	for _, p := range b.Plays {
		for _, t := range p.Tasks {
			f(t)
		}
		for _, t := range p.Handlers {
			f(t)
		}
	}
	for _, r := range b.roles() {
		for _, t := range r.Tasks {
			f(t)
		}
		for _, t := range r.Handlers {
			f(t)
		}
	}
}
