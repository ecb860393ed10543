package script

// Kind is how the value of a key is read.
type Kind int

// The kinds of keys.
const (
	Str    Kind = iota
	Path        // a text that may render empty
	Bool        // exactly true or false after templating
	Int         // digits
	Expr        // a condition
	Exprs       // a list of conditions
	Names       // a list of texts
	Map         // variables
	Attrs       // owner, group, mode
	Block       // with, and
	Tasks       // a list of tasks
	Roles       // a list of role invocations
	Raw         // a whole number of YAML itself
	Plain       // a text that is never templated
	Plains      // a list of them
	Items       // a text or a list of texts
)

// Screen is what jetp refuses in a text after templating (jetporch.md 1.9).
type Screen int

// The screens.
const (
	Strict Screen = iota
	Word          // strict, and no space
	Free          // nothing is refused
)

// Key is a key of a map in a playbook.
type Key struct {
	Name     string
	Kind     Kind
	Screen   Screen
	Required bool
	Since    Profile
	Only     bool // in the profile Since and in no later one, which only the linter minds
}

// Module is a module that a task can name.
type Module struct {
	Name    string
	Since   Profile
	Passive bool // never changes anything and runs in check mode
	Keys    []Key
}

func req(k Key) Key { k.Required = true; return k }

var (
	pathKey    = Key{Name: "path", Kind: Path, Required: true}
	remove     = Key{Name: "remove", Kind: Bool}
	attributes = Key{Name: "attributes", Kind: Attrs}
	save       = Key{Name: "save", Screen: Word}
	failedWhen = Key{Name: "failed_when", Kind: Expr, Screen: Free}
	changed    = Key{Name: "changed_when", Kind: Expr, Screen: Free}
	message    = Key{Name: "msg", Screen: Free}
)

func packages(name string, since Profile) Module {
	return Module{Name: name, Since: since, Keys: []Key{
		{Name: "package", Screen: Word, Required: true}, {Name: "version", Screen: Word},
		{Name: "update", Kind: Bool}, remove}}
}

// Modules is every module of jetp (jetporch.md 2), in the order of the tag
// list.
var Modules = []Module{
	packages("apt", Released),
	{Name: "assert", Passive: true, Keys: []Key{message, {Name: "true", Kind: Expr}, {Name: "false", Kind: Expr},
		{Name: "all_true", Kind: Exprs}, {Name: "all_false", Kind: Exprs}, {Name: "some_true", Kind: Exprs}}},
	{Name: "copy", Keys: []Key{{Name: "src", Required: true}, {Name: "dest", Kind: Path, Required: true}, attributes}},
	{Name: "debug", Passive: true, Keys: []Key{{Name: "vars", Kind: Plains, Since: Head}, {Name: "variables", Kind: Plains, Only: true}}},
	{Name: "directory", Keys: []Key{pathKey, remove, {Name: "recurse", Kind: Bool}, attributes}},
	packages("dnf", Released),
	{Name: "echo", Passive: true, Keys: []Key{req(message)}},
	{Name: "external", Since: Head, Keys: []Key{{Name: "use", Kind: Plain, Required: true},
		{Name: "params", Kind: Map, Screen: Free, Required: true}, save, failedWhen, changed}},
	{Name: "facts", Passive: true, Keys: []Key{{Name: "facter", Kind: Bool, Since: Head}, {Name: "ohai", Kind: Bool, Since: Head}}},
	{Name: "fail", Passive: true, Keys: []Key{message}},
	{Name: "file", Keys: []Key{pathKey, remove, attributes}},
	{Name: "git", Keys: []Key{{Name: "repo", Required: true}, pathKey, {Name: "branch"}, {Name: "ssh_options", Kind: Map},
		{Name: "accept_keys", Kind: Bool}, {Name: "update", Kind: Bool}, attributes}},
	{Name: "group", Since: Head, Keys: []Key{{Name: "group", Screen: Word, Required: true}, {Name: "gid", Kind: Int},
		{Name: "users", Kind: Names, Screen: Word}, {Name: "append", Kind: Bool}, {Name: "system", Kind: Bool}, remove}},
	packages("homebrew", Head),
	packages("pacman", Head),
	{Name: "sd_service", Keys: []Key{{Name: "service", Screen: Word, Required: true}, {Name: "enabled", Kind: Bool},
		{Name: "started", Kind: Bool}, {Name: "restart", Kind: Bool}}},
	{Name: "set", Passive: true, Keys: []Key{{Name: "vars", Kind: Map, Screen: Free}}},
	{Name: "shell", Keys: []Key{{Name: "cmd", Screen: Free, Required: true}, save, failedWhen, changed, {Name: "unsafe", Kind: Bool}}},
	{Name: "stat", Since: Head, Passive: true, Keys: []Key{pathKey, req(save)}},
	{Name: "template", Keys: []Key{{Name: "src", Required: true}, {Name: "dest", Kind: Path, Required: true}, attributes}},
	{Name: "user", Since: Head, Keys: []Key{{Name: "user", Screen: Word, Required: true}, {Name: "uid", Kind: Int},
		{Name: "system", Kind: Bool}, {Name: "gid", Screen: Word}, {Name: "groups", Kind: Names, Screen: Word},
		{Name: "append", Kind: Bool}, {Name: "create_home", Kind: Bool}, {Name: "create_user_group", Kind: Bool},
		{Name: "gecos"}, {Name: "shell"}, remove, {Name: "cleanup", Kind: Bool}}},
	packages("yum", Released),
	packages("zypper", Head),
}

var moduleByName = func() map[string]*Module {
	m := map[string]*Module{}
	for i := range Modules {
		m[Modules[i].Name] = &Modules[i]
	}
	return m
}()

// The keys of the maps that are no module.
var (
	playKeys = []Key{
		{Name: "name", Kind: Plain, Required: true}, {Name: "groups", Kind: Plains, Required: true},
		{Name: "roles", Kind: Roles}, {Name: "defaults", Kind: Map}, {Name: "vars", Kind: Map},
		{Name: "vars_files", Kind: Plains}, {Name: "sudo", Kind: Plain}, {Name: "sudo_template", Kind: Plain},
		{Name: "ssh_user", Kind: Plain}, {Name: "ssh_port", Kind: Raw}, {Name: "batch_size", Kind: Raw},
		{Name: "tasks", Kind: Tasks}, {Name: "handlers", Kind: Tasks}}
	useKeys  = []Key{{Name: "role", Kind: Plain, Required: true}, {Name: "vars", Kind: Map}, {Name: "tags", Kind: Plains}}
	roleKeys = []Key{{Name: "name", Kind: Plain, Required: true}, {Name: "defaults", Kind: Map},
		{Name: "tasks", Kind: Plains}, {Name: "handlers", Kind: Plains}}
	withKeys = []Key{{Name: "condition", Kind: Expr}, {Name: "items", Kind: Items}, {Name: "subscribe", Kind: Plain},
		{Name: "sudo", Screen: Word}, {Name: "tags", Kind: Plains}, {Name: "delegate_to"}}
	andKeys = []Key{{Name: "notify"}, {Name: "ignore_errors", Kind: Bool}, {Name: "retry", Kind: Int}, {Name: "delay", Kind: Int}}
	ownKeys = []Key{{Name: "owner", Screen: Word}, {Name: "group", Screen: Word}, {Name: "mode"}}
	anyTask = []Key{{Name: "name", Kind: Plain}, {Name: "with", Kind: Block}, {Name: "and", Kind: Block}}
)

// What jetp refuses after templating (jetporch.md 1.9): in parameters, and in
// commands that were rendered. The release 0.1.1 also refuses + in parameters.
const (
	StrictRefuses = ";{}()<>&*|=?[]$%`"
	LooseRefuses  = ";<>&*?{}[]$`"
)
