package sup_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sluicehq/sluice/sup"
	"github.com/sluicehq/sluice/variable"
)

func TestANewSourceBuildsAsItIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := sup.InitSource(dir); err != nil {
		t.Fatal(err)
	}
	m, files, err := sup.LoadSource(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sup.Verify(bytes.NewReader(build(t, m, files, 1)), trust(1, 1)); err != nil {
		t.Error(err)
	}
}

func TestASourceWithoutFilesIsAPackageWithoutMembers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := "name: a\nversion: 1.10\nrelease_counter: 1\nactions:\n  - type: service.restart\n    params: {name: tool}\n"
	if err := os.WriteFile(filepath.Join(dir, sup.SourceName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	m, files, err := sup.LoadSource(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := sup.Verify(bytes.NewReader(build(t, m, files, 1)), trust(1, 1))
	if err != nil || len(got.Members) != 0 || got.Version != "1.10" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestScalarsAreReadByTheTypeThatIsExpected(t *testing.T) {
	t.Parallel()
	m, err := sup.ParseSource([]byte(`
name: a
version: 1.10
release_counter: 1
compatibility: {versions: 2}
actions:
  - type: file.install
    params: {source: x, path: /x, mode: 0755}
  - type: config.set
    params:
      path: /x.yaml
      values: {on: yes, number: 12, float: 0.5, text: "12", nothing: null, list: [true, a]}
`))
	if err != nil {
		t.Fatal(err)
	}
	if m.Version != "1.10" || m.Compatibility.Versions != "2" {
		t.Errorf("version %s, range %s", m.Version, m.Compatibility.Versions)
	}
	if p, err := sup.DecodeParams(m.Actions[0]); err != nil || p.(*sup.FileInstall).Mode != "0755" {
		t.Errorf("mode: %+v, %v", p, err)
	}
	p, err := sup.DecodeParams(m.Actions[1])
	want := map[string]any{"on": "yes", "number": json.Number("12"), "float": json.Number("0.5"), "text": "12", "nothing": nil, "list": []any{true, "a"}}
	if err != nil || !reflect.DeepEqual(p.(*sup.ConfigSet).Values, want) {
		t.Errorf("values: %#v, %v", p, err)
	}
}

func TestABadSourceIsRefusedWithItsLine(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"", "it is empty"}, {"# nothing\n", "it is empty"}, {"a: b\n---\nc: d\n", "it holds more than one YAML document"},
		{"- a\n", "line 1: here a map of keys and values is needed"}, {"name: a\nnmae: b\n", "line 2: unknown key nmae"},
		{"name: a\nname: b\n", "line 2: the key name comes twice"}, {"name: &x a\nversion: *x\n", "line 1: anchors and aliases are not read; write the value out"},
		{"release_counter: 1.5\n", "line 1: 1.5 is not a whole number"}, {"actions: x\n", "line 1: here a list is needed"},
		{"name: [a]\n", "line 1: here a single value is needed"}, {"actions:\n  - params: {a: b}\n", "line 2: unknown key a"},
		{"members: []\n", "format and members are filled in by the build; leave them out"},
		{"actions:\n  - type: config.set\n    params: {path: /a, values: {mode: 0755}}\n", "line 3: 0755 can be read as several numbers; put it in quotes or write it in decimal"},
		{"actions:\n  - type: config.set\n    params: {path: /a, values: {x: .5}}\n", "line 3: .5 is not how JSON writes a number; put it in quotes or write it in digits"},
		{"actions:\n  - type: config.set\n    params: {path: /a, values: {x: .inf}}\n", "line 3: .inf is not how JSON writes a number; put it in quotes or write it in digits"},
		{strings.Repeat("#", 1<<20+1), "it is longer than 1048576 bytes"},
		{"actions:\n  - type: config.set\n    params: {values: {a: " + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "}}\n", "line 3: nested too deep"},
	} {
		_, err := sup.ParseSource([]byte(c.text))
		if err == nil || err.Error() != c.want {
			t.Errorf("%.60q: %v", c.text, err)
		}
	}
}

func TestASourceDeclaresVariables(t *testing.T) {
	t.Parallel()
	const head = "name: a\nversion: 1.10\nrelease_counter: 1\nactions:\n  - {type: playbook.apply, params: {source: p.yaml}}\nvariables:\n"
	m, err := sup.ParseSource([]byte(head + "  - {name: channel, values: [stable, 1], required: true}\n  - {name: port, type: integer, description: of the server}\n"))
	want := []variable.Variable{{Name: "channel", Values: []string{"stable", "1"}, Required: true}, {Name: "port", Type: variable.Integer, Description: "of the server"}}
	if err != nil || !reflect.DeepEqual(m.Variables, want) {
		t.Errorf("%+v, %v", m.Variables, err)
	}
	if _, err := sup.ParseSource([]byte(head + "  - name: a\n    defualt: b\n")); err == nil || !strings.Contains(err.Error(), "line 8: unknown key defualt") {
		t.Errorf("an unknown key: %v", err)
	}
	m, err = sup.ParseSource([]byte(head + "  - {name: free}\n"))
	if err == nil {
		err = sup.Build(io.Discard, m, fstest.MapFS{"p.yaml": {}}, sup.NewSigner(testKey(1)))
	}
	if err == nil || !strings.Contains(err.Error(), "free text is never taken") {
		t.Errorf("a string without a pattern was built: %v", err)
	}
}

func TestOnlyAPackageOfPlaybooksCanBeChecked(t *testing.T) {
	t.Parallel()
	m := playbookManifest()
	if err := m.Checkable(); err != nil {
		t.Error(err)
	}
	m.Actions = append(m.Actions, sup.Action{Type: "reboot"})
	if err := m.Checkable(); err == nil || !strings.Contains(err.Error(), "action 2 is reboot, and only playbook.apply can say") {
		t.Errorf("got %v", err)
	}
}
