// Package archtest holds the shape of the tree: which package may import
// which, how long a file may be, that every package says what it is for.
// Its table is printed in ARCHITECTURE.md.
package archtest

// Rule says what the packages below a folder may import of the project.
type Rule struct {
	Packages string   // folder, with everything below it that has no rule of its own
	May      []string // folders that it may import; "*" is everything
	MustNot  []string // packages of the standard library and others it must not import
	Reaches  bool     // MustNot holds for everything that it imports, too
}

// Rules is the direction of imports. The longest matching folder counts.
var Rules = []Rule{
	{Packages: "compat", MustNot: []string{"net", "os", "database/sql"}},
	{Packages: "variable", MustNot: []string{"net", "os", "database/sql"}},
	{Packages: "fleet", May: []string{"compat", "variable"}, MustNot: []string{"os", "net", "net/http", "database/sql", "log", "log/slog", "math/rand"}},
	{Packages: "sup", May: []string{"compat", "variable"}, MustNot: []string{"net", "net/http", "database/sql"}, Reaches: true},
	{Packages: "bundle", May: []string{"jetporch", "sup", "compat", "variable"}, MustNot: []string{"net", "net/http", "database/sql"}, Reaches: true},
	{Packages: "install", May: []string{"sup", "compat", "variable", "install", "jetporch"}, MustNot: []string{"net", "net/http", "database/sql"}, Reaches: true},
	{Packages: "control", May: []string{"fleet", "sup", "compat", "variable", "jetporch", "bundle"}, MustNot: []string{"net/http", "database/sql"}},
	{Packages: "store", May: []string{"fleet", "control", "compat", "variable", "store", "internal"}, MustNot: []string{"net/http"}},
	{Packages: "blob", May: []string{"fleet", "control", "blob", "internal"}, MustNot: []string{"net/http", "database/sql"}},
	{Packages: "mqtt", MustNot: []string{"database/sql"}},
	{Packages: "device/tr50/wire", MustNot: []string{"net", "net/http", "database/sql"}},
	{Packages: "device/tr50", May: []string{"fleet", "control", "mqtt", "device/tr50/wire", "internal"}, MustNot: []string{"database/sql"}},
	{Packages: "api", May: []string{"fleet", "control", "sup", "compat", "variable", "internal"}, MustNot: []string{"database/sql"}},
	{Packages: "web", May: []string{"fleet", "control", "compat", "variable", "internal", "web"}, MustNot: []string{"database/sql"}},
	{Packages: "client", MustNot: []string{"database/sql"}},
	{Packages: "agent", May: []string{"agent", "device/tr50/wire", "sup", "compat", "variable", "install/job", "internal/clock"}, MustNot: []string{"database/sql"}},
	{Packages: "agent/agenttest", May: []string{"agent", "device/tr50/wire", "sup", "compat", "variable", "install/job", "internal", "mqtt"}},
	{Packages: "sim", May: []string{"agent", "device/tr50/wire", "sup", "compat", "variable", "client", "internal"}, MustNot: []string{"database/sql"}},
	{Packages: "app", May: []string{"*"}},
	{Packages: "cli/operator", May: []string{"client", "internal"}, MustNot: []string{"database/sql"}},
	{Packages: "cli/workbench", May: []string{"sup", "compat", "variable"}, MustNot: []string{"database/sql", "net/http"}},
	{Packages: "cli", May: []string{"*"}},
	{Packages: "cli/agent", May: []string{"agent", "install", "sup", "compat", "variable", "internal/clock"}, MustNot: []string{"database/sql"}, Reaches: true},
	{Packages: "cmd/sluice-agent", May: []string{"cli/agent"}},
	{Packages: "cmd", May: []string{"*"}},
	{Packages: "jetporch", May: []string{"jetporch"}, MustNot: []string{"net", "net/http", "database/sql"}, Reaches: true},
	{Packages: "examples"},
	{Packages: "packaging"},
	{Packages: "internal", May: []string{"internal"}},
	{Packages: "internal/apitest", May: []string{"*"}},
}

// Length limits in lines; generated files are free.
const (
	MaxLines     = 600
	MaxTestLines = 800
)
