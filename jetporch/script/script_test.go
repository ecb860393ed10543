package script_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sluicehq/sluice/jetporch/script"
)

// load reads tasks below a play.
func load(t *testing.T, tasks string) *script.Bundle {
	t.Helper()
	b := script.Load("a.yml", []byte("- name: a\n  groups: [all]\n  tasks:\n"+tasks), nil, script.Head)
	for _, f := range b.Findings {
		t.Error(f)
	}
	return b
}

func TestEveryByteOfATextKnowsItsPlace(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		yaml      string
		line, col int // of the letter X
	}{
		{"  - !echo\n    msg: a X b\n", 5, 12},
		{"  - !echo\n    msg: 'a X b'\n", 5, 13},
		{"  - !echo\n    msg: \"é X b\"\n", 5, 13},
		{"  - !echo { msg: 'a X' }\n", 4, 21},
		{"  - !echo\n    msg: |\n      first\n\n        X\n", 8, 9},
		{"  - !echo\n    msg: |\n\n      é X\n", 7, 9},
		{"  - !echo\n    msg: |-\n      X", 6, 7},
		{"  - !echo\n    msg: |2\n        X\n", 6, 9},
		{"  - !echo\r\n    msg: |\r\n      a\r\n      bX\r\n", 7, 8},
		// Folded and escaped texts are known by their start.
		{"  - !echo\n    msg: >\n      a\n      X\n", 5, 10},
		{"  - !echo\n    msg: \"a\\tX\"\n", 5, 10},
		{"  - !echo\n    msg: a\n      X\n", 5, 10},
	} {
		task := load(t, c.yaml).Plays[0].Tasks[0]
		text := task.Param("msg").Text
		got := text.At(strings.Index(text.Value, "X"))
		if got != (script.Pos{Line: c.line, Col: c.col}) {
			t.Errorf("%q: got %v, want %d:%d", c.yaml, got, c.line, c.col)
		}
	}
}

func TestScalarsOfParametersAreTextsAsWritten(t *testing.T) {
	t.Parallel()
	task := load(t, "  - !apt\n    package: 1.10\n    version: 010\n    update: ~\n    remove: true\n").Plays[0].Tasks[0]
	for name, want := range map[string]string{"package": "1.10", "version": "010", "remove": "true"} {
		if got := task.Param(name).Text.Value; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if task.Param("update").Given() {
		t.Error("a null of an optional key is not given")
	}
	// For a required key it is the text itself.
	if cmd := load(t, "  - !shell\n    cmd: null\n").Plays[0].Tasks[0].Param("cmd").Text; cmd.Value != "null" {
		t.Errorf("cmd is %q", cmd.Value)
	}
}

func TestABundleHasItsRolesAndFiles(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"roles/r/role.yml":         {Data: []byte("name: x\ndefaults: { a: 1 }\ntasks: [one.yml, two.yml]\nhandlers: [h.yml]\n")},
		"roles/r/tasks/one.yml":    {Data: []byte("- !facts\n- !facts\n")},
		"roles/r/tasks/two.yml":    {Data: []byte("- !facts\n")},
		"roles/r/handlers/h.yml":   {Data: []byte("- !facts\n")},
		"roles/r/tasks/unused.yml": {Data: []byte("[\n")},
		"v.yml":                    {Data: []byte("b: [1]\n")},
	}
	b := script.Load("book/a.yml", []byte("- name: a\n  groups: [all]\n  vars_files: [v.yml]\n  roles:\n    - { role: r, vars: { c: 2 } }\n    - role: r\n"), files, script.Head)
	for _, f := range b.Findings {
		t.Error(f)
	}
	r := b.Roles["r"]
	if r == nil || len(r.Tasks) != 3 || len(r.Handlers) != 1 || !r.Handlers[0].Handler || r.Tasks[2].File.Name != "book/roles/r/tasks/two.yml" {
		t.Errorf("got %+v", r)
	}
	if len(b.Plays[0].FileVars) != 1 || b.Plays[0].FileVars[0].Values[0].Key.Value != "b" {
		t.Errorf("got %+v", b.Plays[0].FileVars)
	}
	// What a bundle names outside of itself is not there; what lies on the
	// device cannot be told.
	b = script.Load("a.yml", []byte("- name: a\n  groups: [all]\n  vars_files: [../v.yml, /etc/v.yml]\n"), files, script.Head)
	if len(b.Findings) != 1 || b.Findings[0].Code != script.MissingFile || b.Findings[0].Pos.Col != 16 {
		t.Errorf("got %v", b.Findings)
	}
}

func TestEveryCodeHasOneRow(t *testing.T) {
	t.Parallel()
	seen := map[script.Code]bool{}
	for _, c := range script.Classes {
		if seen[c.Code] || c.Meaning == "" || c.Code.Severity() != c.Severity {
			t.Errorf("%s: %+v", c.Code, c)
		}
		seen[c.Code] = true
	}
}

// FuzzDocument holds that whatever is read has its place in the file.
func FuzzDocument(f *testing.F) {
	for _, name := range []string{"deaf-notify", "bad-items", "missing-role", "duplicate-key", "merge-key", "many-documents", "template-syntax"} {
		text, err := os.ReadFile("../lint/testdata/" + name + ".txtar")
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range txtar.Parse(text).Files {
			f.Add(string(file.Data))
		}
	}
	f.Fuzz(func(t *testing.T, source string) {
		files := fstest.MapFS{"v": {Data: []byte(source)}, "roles/r/role.yml": {Data: []byte(source)}, "roles/r/tasks/main.yml": {Data: []byte(source)}}
		lines := strings.Count(source, "\n") + 2
		b := script.Load("a.yml", []byte(source), files, script.Head)
		b.Tasks(func(task *script.Task) {
			if task.Module == nil || task.Title() == "" && !task.Name.Given() {
				t.Fatalf("%q: a task without a module", source)
			}
			for _, p := range task.Params {
				for offset := range len(p.Text.Value) + 1 {
					if at := p.Text.At(offset); p.Text.Given() && (at.Line < 1 || at.Line > lines || at.Col < 1) {
						t.Fatalf("%q: byte %d of %s is at %v", source, offset, p.Key.Name, at)
					}
				}
			}
		})
	})
}
