package jetporch_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/cli/jetporch"
)

// sluice runs "jetporch" with arguments and answers output and exit code.
func sluice(t *testing.T, args ...string) (string, int, error) {
	t.Helper()
	var out strings.Builder
	c := jetporch.Command()
	c.SetOut(&out)
	c.SetErr(&out)
	c.SetArgs(args)
	err := c.ExecuteContext(t.Context())
	code := 0
	var own interface{ ExitCode() int }
	switch {
	case errors.As(err, &own):
		code = own.ExitCode()
	case err != nil:
		code = 1
	}
	return out.String(), code, err
}

func put(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

const play = "- name: a\n  groups: [all]\n  tasks:\n"

func TestLintPrintsAFindingALineAndExitsOneOnAnError(t *testing.T) {
	t.Parallel()
	bad := put(t, filepath.Join(t.TempDir(), "bad.yml"), play+"    - !shell\n      command: ls\n      cmd: ls\n")
	out, code, _ := sluice(t, "lint", bad)
	if want := bad + ":5:7: error unknown-key: !shell has no key \"command\"\n"; out != want || code != 1 {
		t.Errorf("got %q and %d, want %q and 1", out, code, want)
	}
	warned := put(t, filepath.Join(t.TempDir(), "warned.yml"), play+"    - !shell\n      cmd: reboot\n")
	out, code, _ = sluice(t, "lint", warned)
	if !strings.Contains(out, ":5:12: warning cuts-itself: ") || code != 0 {
		t.Errorf("got %q and %d", out, code)
	}
	good := put(t, filepath.Join(t.TempDir(), "good.yml"), play+"    - !echo\n      msg: '{{ v }}'\n")
	if out, code, _ := sluice(t, "lint", good, "-e", `{"v": 1}`); out != "" || code != 0 {
		t.Errorf("got %q and %d", out, code)
	}
}

func TestLintOfAFolderTakesItsPlaybooks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "one.yml"), play+"    - !stat\n      path: /a\n      save: s\n  vars_files: [vars.yml]\n")
	put(t, filepath.Join(dir, "two.yaml"), play+"    - !nothing\n")
	put(t, filepath.Join(dir, "vars.yml"), "a: 1\n")
	out, code, _ := sluice(t, "lint", dir)
	if strings.Count(out, "\n") != 1 || !strings.Contains(out, "two.yaml:4:7: error unknown-module") || code != 1 {
		t.Errorf("got %q and %d", out, code)
	}
	out, _, _ = sluice(t, "lint", dir, "--profile", "0.1.1")
	if !strings.Contains(out, "one.yml:4:7: error not-in-profile") {
		t.Errorf("got %q", out)
	}
	put(t, filepath.Join(dir, "playbook.yml"), "- name: a\n  groups: [all]\n")
	if out, code, _ := sluice(t, "lint", dir); out != "" || code != 0 {
		t.Errorf("beside playbook.yml got %q and %d", out, code)
	}
}

func TestLintOfABundleKnowsItsVariablesAndItsErrors(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	head := "name: line\nversion: 1\nplaybook: site/main.yaml\nvariables: [{name: speed, type: integer}]\n"
	put(t, filepath.Join(dir, "bundle.yaml"), head)
	main := put(t, filepath.Join(dir, "site", "main.yaml"), play+"    - !echo\n      msg: \"at {{ speed }}\"\n")
	put(t, filepath.Join(dir, ".git", "config"), "x")
	if out, code, err := sluice(t, "lint", dir); code != 0 || out != "" {
		t.Errorf("got %q, %d, %v", out, code, err)
	}
	put(t, main, play+"    - !echo\n      msg: \"at {{ sped }}\"\n")
	if out, code, _ := sluice(t, "lint", dir); code != 0 || !strings.HasPrefix(out, main+":") {
		t.Errorf("got %q, %d", out, code)
	}
	for content, want := range map[string]string{
		head + "colour: red\n":                              "bundle.yaml: line 5: unknown key colour",
		"name: a b\nversion: 1\nplaybook: site/main.yaml\n": `its name a b is not`,
		"name: line\nversion: 1\n":                          "it has no playbook.yml",
	} {
		put(t, filepath.Join(dir, "bundle.yaml"), content)
		if out, code, err := sluice(t, "lint", dir); code != 1 || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %q, %d, %v, want %q", out, code, err, want)
		}
	}
}

func TestRunShowsFirstAndThenDoes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	book := put(t, filepath.Join(dir, "book.yml"), play+"    - !file\n      path: '{{ dir }}/x'\n")
	vars := put(t, filepath.Join(dir, "vars.yml"), "dir: "+dir+"\n")
	out, code, _ := sluice(t, "run", book, "--check", "-e", "@"+vars)
	if _, err := os.Stat(filepath.Join(dir, "x")); err == nil || code != 0 || !strings.Contains(out, "changed file: would be created") {
		t.Errorf("got %q and %d", out, code)
	}
	out, code, _ = sluice(t, "run", book, "-e", "@"+vars)
	if _, err := os.Stat(filepath.Join(dir, "x")); err != nil || code != 0 || !strings.Contains(out, "changed file: created") {
		t.Errorf("got %q and %d, %v", out, code, err)
	}
	out, code, _ = sluice(t, "run", book, "-e", `{"dir": "`+dir+`"}`, "--json")
	if code != 0 || !strings.Contains(out, `"status":"ok"`) || !strings.Contains(out, `{"summary":{"ok":1,`) {
		t.Errorf("got %q and %d", out, code)
	}
	out, code, err := sluice(t, "run", book)
	if code != 1 || err == nil || !strings.Contains(out, `"dir" is not defined`) {
		t.Errorf("got %q, %d, %v", out, code, err)
	}
}

func TestWrongUsageExitsTwo(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"lint"}, {"lint", "a", "b"}, {"nothing"}, {"lint", "x", "--profile", "2"}, {"run"}, {"run", "x", "--nothing"}, {"run", "x", "-e", "[1]"}, {"run", "x", "-e", "@/none"},
	} {
		if out, code, err := sluice(t, args...); code != 2 || err == nil {
			t.Errorf("%v: got %q, %d, %v", args, out, code, err)
		}
	}
	if _, code, err := sluice(t, "lint", "/none"); code != 1 || err == nil {
		t.Errorf("a missing file: got %d, %v", code, err)
	}
}

func TestRunWithARootChangesThatFolderOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := put(t, filepath.Join(dir, "book", "p.yml"), play+"    - !copy\n      src: conf\n      dest: /etc/conf\n")
	put(t, filepath.Join(dir, "book", "files", "conf"), "port: 80\n")
	conf := put(t, filepath.Join(dir, "root", "etc", "conf"), "port: 79\n")
	out, code, err := sluice(t, "run", path, "--root", filepath.Join(dir, "root"), "--check")
	if !strings.Contains(out, "         --- /etc/conf\n         +++ /etc/conf\n         @@ -1,1 +1,1 @@\n         -port: 79\n         +port: 80\n") || code != 0 {
		t.Errorf("got %q, %d, %v", out, code, err)
	}
	out, code, err = sluice(t, "run", path, "--root", filepath.Join(dir, "root"))
	text, _ := os.ReadFile(conf)
	if !strings.HasPrefix(out, "changed copy: modified (Content)") || code != 0 || string(text) != "port: 80\n" {
		t.Errorf("got %q, %d, %v; the file is %q", out, code, err, text)
	}
	if out, code, _ := sluice(t, "run", path, "--root", filepath.Join(dir, "missing")); code != 1 {
		t.Errorf("got %q, %d", out, code)
	}
}
