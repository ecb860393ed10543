package archtest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/internal/archtest"
)

const (
	module = "github.com/sluicehq/sluice/"
	root   = "../.."
)

var update = flag.Bool("update", false, "write the table of imports in ARCHITECTURE.md anew")

// listed is what "go list" says of a package.
type listed struct {
	ImportPath string
	Dir        string
	Doc        string
	Standard   bool
	Imports    []string
	Deps       []string
}

func TestImportsGoInOneDirection(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		folder := strings.TrimPrefix(p.ImportPath, module)
		rule, ok := ruleOf(folder)
		if !ok {
			t.Errorf("%s has no rule in internal/archtest", folder)
			continue
		}
		for _, imported := range p.Imports {
			if own, ok := strings.CutPrefix(imported, module); ok && !allowed(rule, folder, own) {
				t.Errorf("%s must not import %s", folder, own)
			}
		}
		reach := p.Imports
		if rule.Reaches {
			reach = p.Deps
		}
		for _, forbidden := range rule.MustNot {
			if slices.Contains(reach, forbidden) {
				t.Errorf("%s must not reach %s", folder, forbidden)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

func TestFilesAreShortAndSpeakOfTheProjectAlone(t *testing.T) {
	t.Parallel()
	// Sleeping in a test, and panics that are no internal error, are defects.
	sleeping := regexp.MustCompile(`time\.Sleep\(`)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{".git", "out", "bin", "sluice-data"}, d.Name()) {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_templ.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		limit := archtest.MaxLines
		if strings.HasSuffix(path, "_test.go") {
			limit = archtest.MaxTestLines
		}
		if n := bytes.Count(text, []byte("\n")); n > limit {
			t.Errorf("%s has %d lines, at most %d are allowed", path, n, limit)
		}
		if !strings.Contains(path, "archtest") && sleeping.Match(text) {
			t.Errorf("%s sleeps; wait for a signal or use the clock", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheTableOfImportsIsNotStale(t *testing.T) {
	t.Parallel()
	path := filepath.Join(root, "ARCHITECTURE.md")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- imports -->\n", "<!-- /imports -->"
	head, rest, ok1 := strings.Cut(string(text), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatal("ARCHITECTURE.md has no table of imports")
	}
	want := head + begin + renderRules() + end + tail
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != want {
		t.Error("the table of imports in ARCHITECTURE.md is stale: go test ./internal/archtest -update")
	}
}

func renderRules() string {
	var b strings.Builder
	b.WriteString("| package | may import of ours | must not import |\n|---|---|---|\n")
	for _, r := range archtest.Rules {
		must := strings.Join(r.MustNot, ", ")
		if r.Reaches {
			must += " (nor reach)"
		}
		may := strings.Join(r.May, ", ")
		if may == "*" {
			may = "everything"
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", r.Packages, may, must)
	}
	return b.String()
}

func ruleOf(folder string) (best archtest.Rule, ok bool) {
	for _, r := range archtest.Rules {
		if within(folder, r.Packages) && len(r.Packages) >= len(best.Packages) {
			best, ok = r, true
		}
	}
	return best, ok
}

func allowed(r archtest.Rule, from, imported string) bool {
	for _, may := range r.May {
		if may == "*" || within(imported, may) {
			return true
		}
	}
	return from == imported
}

func within(folder, of string) bool { return folder == of || strings.HasPrefix(folder, of+"/") }

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,Imports,Deps", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("cannot list the packages: %v", err)
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestNoDoorReadsTheStoreBesideControl(t *testing.T) {
	t.Parallel()
	// What stands between a door and the store is control, which asks for rights.
	store := regexp.MustCompile(`\.Store\.`)
	for _, door := range []string{"device/tr50", "api", "web"} {
		files, err := filepath.Glob(filepath.Join(root, door, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no files, %v", door, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(file, "_test.go") && store.Match(text) {
				t.Errorf("%s uses the store; ask package control", file)
			}
		}
	}
}
