package install

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
	"github.com/sluicehq/sluice/variable"
)

// withVariables writes what it is given into a file, each in its type.
const withVariables = `- name: x
  groups: [all]
  defaults: { channel: none, port: 1 }
  vars: { host: nowhere }
  tasks:
    - !template { name: write, src: out, dest: /etc/out }
    - !file { name: typed, path: /etc/typed, with: { condition: "(and (eq port 8080) verbose)" } }
`

func declaring(counter uint64, engine string) sup.Manifest {
	m := manifest(counter, act("directory.create", `{"path":"/opt/made"}`), act("playbook.apply", `{"source":"p/playbook.yaml","engine":"`+engine+`"}`))
	m.Variables = []variable.Variable{
		{Name: "channel", Values: []string{"stable", "beta"}, Required: true},
		{Name: "host", Pattern: `[a-z{}.-]+`},
		{Name: "port", Type: variable.Integer},
		{Name: "verbose", Type: variable.Boolean},
	}
	return m
}

func (d *device) addDeclaring(counter uint64, engine string, given map[string]string) string {
	d.t.Helper()
	return d.addAs(declaring(counter, engine), files{"p/playbook.yaml": withVariables, "p/templates/out": "{{channel}} {{host}} {{port}} {{verbose}}\n"},
		func(j *job.Job) { j.Variables = given })
}

func TestVariablesReachThePlaybookInTheirTypesAndAboveItsOwn(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	// A value is text for the playbook, also where it looks like a template.
	got := d.run(d.addDeclaring(1, "builtin", map[string]string{"channel": "beta", "host": "{{port}}", "port": "8080", "verbose": "true"}))
	if got.Result != job.Succeeded || got.Reason != "its playbooks changed 2 of 2 tasks: write, typed" {
		t.Fatalf("%s (%s): %+v", got.Result, got.Reason, got.Actions)
	}
	if out, err := os.ReadFile(filepath.Join(d.root, "etc/out")); err != nil || string(out) != "beta {{port}} 8080 true\n" {
		t.Errorf("got %q, %v", out, err)
	}
}

func TestVariablesThatTheOwnerDidNotDeclareSoAreRefusedBeforeAnythingIsTouched(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		given map[string]string
		want  string
	}{
		"missing":    {nil, `the variable channel is missing: it is required, and it is one of "stable", "beta"`},
		"undeclared": {map[string]string{"channel": "beta", "cmd": "reboot"}, `the variable "cmd" is not declared by the package: it takes channel, host, port, verbose`},
		"wrong":      {map[string]string{"channel": "$(reboot)"}, `the variable channel cannot be "$(reboot)", which is not one of its values`},
		"pattern":    {map[string]string{"channel": "beta", "host": "a; reboot"}, `the variable host cannot be "a; reboot", which does not match its pattern`},
		"type":       {map[string]string{"channel": "beta", "port": "80 80"}, `the variable port cannot be "80 80", which is no whole number`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDevice(t)
			before := d.snapshot()
			got := d.run(d.addDeclaring(1, "auto", c.given))
			if got.Result != job.Refused || !strings.HasPrefix(got.Reason, c.want) {
				t.Errorf("%s (%s)", got.Result, got.Reason)
			}
			sameTree(t, "after the refusal", d.snapshot(), before)
		})
	}
	d := newDevice(t)
	got := d.run(d.addAs(manifest(1, act("playbook.apply", fromMember)), files{"p/playbook.yaml": playbook}, func(j *job.Job) { j.Variables = map[string]string{"a": "b"} }))
	if got.Result != job.Refused || !strings.HasSuffix(got.Reason, "it takes none") {
		t.Errorf("%s (%s)", got.Result, got.Reason)
	}
}

func TestJetpGetsTheVariablesInAFileOfItsOwn(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.jetp(`echo "$1 $4"; echo; f="${5#@}"; cat "$f"; echo; stat -c %a "$f"`)
	got := d.run(d.addDeclaring(1, "jetp", map[string]string{"channel": "stable", "host": "a.b", "port": "-7", "verbose": "false"}))
	const want = "local -e\n\n{\"channel\":\"stable\",\"host\":\"a.b\",\"port\":-7,\"verbose\":false}\n600\n"
	if got.Result != job.Succeeded || got.Actions[1].Output != want {
		t.Errorf("%s (%s): %q", got.Result, got.Reason, got.Actions[1].Output)
	}
}

func TestWhatNoPackageCouldTakeMakesNoJob(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	j := d.jobFor("/nowhere.sup")
	j.Variables = map[string]string{"a": strings.Repeat("a", variable.MaxValue+1)}
	if err := job.Create(filepath.Join(d.base, "job"), j); err == nil || !strings.Contains(err.Error(), "more than 1024 bytes") {
		t.Errorf("got %v", err)
	}
}
