package jetporch_test

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/jetporch/module"
	"github.com/sluicehq/sluice/jetporch/script"
)

var update = flag.Bool("update", false, "write the table of findings in docs/jetporch.md anew")

const docs = "../docs/jetporch.md"

func TestTheTableOfFindingsIsNotStale(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- codes -->\n", "<!-- /codes -->"
	before, rest, ok1 := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatal("docs/jetporch.md has no table of findings")
	}
	var table strings.Builder
	table.WriteString("| code | severity | meaning |\n|---|---|---|\n")
	for _, c := range script.Classes {
		fmt.Fprintf(&table, "| `%s` | %s | %s |\n", c.Code, c.Severity, c.Meaning)
	}
	want := before + begin + table.String() + end + after
	if *update {
		if err := os.WriteFile(docs, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(text) != want {
		t.Error("the table of findings is stale: go test ./jetporch -update")
	}
}

func TestEveryModuleHasItsRowAndItsTests(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(docs)
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "\n### Modules\n")
	for _, m := range script.Modules {
		_, rest, ok := strings.Cut(table, "\n| `"+m.Name+"` | ")
		if !ok {
			t.Errorf("%s has no row", m.Name)
			continue
		}
		row, _, _ := strings.Cut(rest, "\n")
		cells := strings.Split(row, "|") // kept, mended, linted only, tests, with the real tools, ""
		if len(cells) != 6 {
			t.Errorf("%s has %d cells", m.Name, len(cells))
			continue
		}
		hasTests(t, m.Name, "run", cells[3])
		if n := strings.Count(cells[3], ",") + 1; n < 3 && m.Name != "homebrew" {
			t.Errorf("%s has %d archives, fewer than 3", m.Name, n)
		}
		if strings.TrimSpace(cells[4]) != "" {
			hasTests(t, m.Name, "chroottest", cells[4])
		}
		if runs := module.All[m.Name] != nil; runs == (m.Name == "homebrew") {
			t.Errorf("%s: it runs is %v", m.Name, runs)
		}
	}
	for name := range module.All {
		if !slices.ContainsFunc(script.Modules, func(m script.Module) bool { return m.Name == name }) {
			t.Errorf("%s is no module of jetp", name)
		}
	}
}

// hasTests holds that each archive of the list is there and uses the module.
func hasTests(t *testing.T, module, folder, list string) {
	t.Helper()
	for name := range strings.SplitSeq(strings.TrimSpace(list), ", ") {
		archive, err := os.ReadFile(filepath.Join(folder, "testdata", name+".txtar"))
		if err != nil || !strings.Contains(string(archive), "!"+module) {
			t.Errorf("%s names the test %q of %s, which is not one of it: %v", module, name, folder, err)
		}
	}
}

func TestThePackagesStandAlone(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-deps", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		line = strings.TrimSpace(line)
		if own, ok := strings.CutPrefix(line, "github.com/sluicehq/sluice/"); ok && own != "jetporch" && !strings.HasPrefix(own, "jetporch/") {
			t.Errorf("jetporch reaches %s", line)
		}
		if line == "net" || strings.HasPrefix(line, "net/http") || line == "database/sql" {
			t.Errorf("jetporch reaches %s", line)
		}
	}
}
