package install

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/install/job"
	jetporch "github.com/sluicehq/sluice/jetporch/run"
	"github.com/sluicehq/sluice/sup"
)

const wholePlaybook = `- name: gateway
  groups: [all]
  roles: [{ role: base }]
  tasks:
    - !copy { name: config, src: app.conf, dest: $ROOT/etc/app.conf, attributes: { mode: "0o640" } }
    - !template { name: unit, src: app.service, dest: $ROOT/etc/app.service, and: { notify: unit } }
    - !shell { name: once, cmd: "test -e $ROOT/etc/made || { touch $ROOT/etc/made; echo made; }", changed_when: '(eq out "made")' }
    - !echo { name: never, msg: no, with: { condition: "(eq 1 2)" } }
  handlers:
    - !shell { name: reload, cmd: "echo reload >> $ROOT/../reloads", with: { subscribe: unit } }
`

var besidePlaybook = files{
	"p/files/app.conf": "port=80\n", "p/templates/app.service": "package={{ENV_SLUICE_PACKAGE}}\n",
	"p/roles/base/role.yml": "name: base\ntasks: [main.yml]\n",
}

// addBuiltin adds a package with a playbook, in which $ROOT is the device's
// root, for the built-in runner.
func (d *device) addBuiltin(m sup.Manifest, text string) string {
	d.t.Helper()
	return d.addBuiltinAs(m, text, func(*job.Job) {})
}

func (d *device) addBuiltinAs(m sup.Manifest, text string, change func(*job.Job)) string {
	d.t.Helper()
	members := maps.Clone(besidePlaybook)
	members["p/roles/base/tasks/main.yml"] = strings.ReplaceAll("- !file { name: log, path: $ROOT/etc/log }\n", "$ROOT", d.root)
	members["p/playbook.yaml"] = strings.ReplaceAll(text, "$ROOT", d.root)
	return d.addAs(m, members, change)
}

const builtin = `{"source":"p/playbook.yaml","engine":"builtin"}`

// inProcess runs the installer as a process, to its end.
func (d *device) inProcess(dir string) job.Confirmation {
	d.t.Helper()
	if killed, code, stderr := d.process(dir, 0); killed || code != 0 {
		d.t.Fatalf("killed %v, exit %d: %s", killed, code, stderr)
	}
	c, err := job.ReadConfirmation(dir)
	check(d.t, err)
	return c
}

func taskLine(a job.ActionReport) string {
	var all []string
	for _, t := range a.Tasks {
		all = append(all, strings.TrimPrefix(t.Role+"/", "/")+t.Task+" "+string(t.Status))
	}
	return strings.Join(all, ", ")
}

func TestThePlaybookRunnerReportsEveryTaskAndChangesNothingTwice(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	for counter, c := range []struct {
		engine, tasks string
		changed       bool
	}{
		{"auto", "base/log changed, config changed, unit changed, once changed, never skipped, reload changed", true},
		{"builtin", "base/log ok, config ok, unit ok, once ok, never skipped", false},
	} {
		dir := d.addBuiltin(manifest(uint64(counter+1), act("playbook.apply", `{"source":"p/playbook.yaml","engine":"`+c.engine+`"}`)), wholePlaybook)
		got := d.inProcess(dir)
		if got.Result != job.Succeeded {
			t.Fatalf("%s (%s): %+v", got.Result, got.Reason, got.Actions)
		}
		if a := got.Actions[0]; taskLine(a) != c.tasks || a.Changed != c.changed || !strings.Contains(a.Output, "base: log") {
			t.Errorf("%s: changed %v, %s\n%s", c.engine, a.Changed, taskLine(a), a.Output)
		}
		if counter == 0 && got.Actions[0].Tasks[3].Output != "made" {
			t.Errorf("got %+v", got.Actions[0].Tasks[3])
		}
		raw, err := os.ReadFile(filepath.Join(d.log, "confirmation.json"))
		if check(t, err); !strings.Contains(string(raw), `"task": "config"`) {
			t.Errorf("the logs say %s", raw)
		}
		if exists(filepath.Join(dir, "jetp")) {
			t.Error("the home of the playbook is left behind")
		}
		d.clean(dir)
	}
	for name, want := range map[string]string{"etc/app.conf": "port=80\n", "etc/app.service": "package=app\n", "etc/log": "", "../reloads": "reload\n"} {
		if got, err := os.ReadFile(filepath.Join(d.root, name)); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
}

func TestAPlaybookTaskThatFailsIsNamed(t *testing.T) {
	t.Parallel()
	const begin = "- name: x\n  groups: [all]\n  tasks:\n"
	for name, c := range map[string]struct {
		text, reason, tasks string
		changed             bool
		rolledBack          job.Result
	}{
		"by its command": {begin + "    - !file { path: $ROOT/etc/one, name: one }\n    - !shell { name: install lorafwd, cmd: 'echo no such package; exit 3' }\n    - !echo { msg: never }\n",
			`the task "install lorafwd" at p/playbook.yaml:5 failed: the command failed with code 3: no such package`, "one changed, install lorafwd failed", true, job.Inconsistent},
		"before any change": {begin + "    - !assert { name: enough room, 'true': '(eq 1 2)', msg: the disk is too small }\n",
			`the task "enough room" at p/playbook.yaml:4 failed: the disk is too small`, "enough room failed", false, job.RolledBack},
		"cannot be run": {begin + "    - !file { path: $ROOT/etc/one }\n    - !nosuch { x: y }\n", "nothing was done", "", false, job.RolledBack},
	} {
		for on, want := range map[sup.OnFailure]job.Result{sup.Stop: job.Failed, sup.Rollback: c.rolledBack} {
			t.Run(name+" "+string(on), func(t *testing.T) {
				t.Parallel()
				d := newDevice(t)
				got := d.inProcess(d.addBuiltin(manifest(1, act("playbook.apply", builtin, on)), c.text))
				if got.Result != want || !strings.Contains(got.Reason, c.reason) {
					t.Errorf("%s (%s)", got.Result, got.Reason)
				}
				a := got.Actions[0]
				if a.Status != job.StatusFailed && a.Status != job.StatusUndone || taskLine(a) != c.tasks || on == sup.Stop && a.Changed != c.changed {
					t.Errorf("%s, changed %v, tasks %s", a.Status, a.Changed, taskLine(a))
				}
				if on == sup.Stop && c.tasks == "" && exists(filepath.Join(d.root, "etc/one")) {
					t.Error("a playbook that cannot be run was begun")
				}
			})
		}
	}
}

func TestKilledAtAnyPointAPlaybookEndsInOneConfirmation(t *testing.T) {
	t.Parallel()
	points := 0
	for n := 1; !t.Failed(); n++ {
		d := newDevice(t)
		d.whole = true
		dir := d.addBuiltin(manifest(1, act("playbook.apply", builtin)), wholePlaybook)
		killed, code, stderr := d.process(dir, n)
		if !killed && code != 0 {
			t.Fatalf("point %d: exit %d: %s", n, code, stderr)
		}
		if !killed {
			break
		}
		points++
		got := d.run(dir)
		if got.Result != job.Succeeded || len(got.Actions) != 1 || !got.Actions[0].Changed || len(got.Actions[0].Tasks) < 5 {
			t.Errorf("point %d: %s (%s): %+v", n, got.Result, got.Reason, got.Actions)
		}
		if begunAgain := got.Actions[0].Attempts > 1; begunAgain != (got.Reason == "") || strings.Contains(got.Reason, "nothing") {
			t.Errorf("point %d: %d attempts, and it says %q", n, got.Actions[0].Attempts, got.Reason)
		}
		if conf, _ := os.ReadFile(filepath.Join(d.root, "etc/app.conf")); string(conf) != "port=80\n" {
			t.Errorf("point %d: app.conf is %q", n, conf)
		}
		if reloads, _ := os.ReadFile(filepath.Join(d.base, "reloads")); len(reloads) == 0 {
			t.Errorf("point %d: the handler of what was changed before never ran", n)
		}
		d.clean(dir)
		if again := d.run(dir); fmt.Sprint(again) != fmt.Sprint(got) {
			t.Errorf("point %d: a start after the end gives another confirmation", n)
		}
		os.RemoveAll(d.base)
	}
	t.Logf("%d points", points)
}

// The processes of the task that was cut are gone before it is done again.
func TestAPlaybookWhoseInstallerIsKilledInATaskIsAppliedAgain(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	alive, in := filepath.Join(d.base, "alive"), filepath.Join(d.base, "in")
	makeFIFO(t, alive)
	makeFIFO(t, in)
	ended := make(chan error)
	go func() {
		_, err := os.ReadFile(alive)
		ended <- err
	}()
	dir := d.addBuiltin(manifest(1, act("playbook.apply", builtin)), `- name: x
  groups: [all]
  tasks:
    - !file { name: first, path: $ROOT/etc/first }
    - !shell
      name: cut
      cmd: test -e $ROOT/etc/again && exit 0; touch $ROOT/etc/again; exec 9> `+alive+`; (sleep 600) & echo > `+in+`; sleep 600
      changed_when: (eq 1 2)
`)
	cmd := installerProcess(dir, 0)
	check(t, cmd.Start())
	_, err := os.ReadFile(in)
	check(t, err)
	check(t, cmd.Process.Kill())
	_ = cmd.Wait()
	if job.Finished(dir) {
		t.Fatal("the job ended before its playbook")
	}
	got := d.inProcess(dir)
	a := got.Actions[0]
	if got.Result != job.Succeeded || got.Interruptions != 1 || a.Attempts != 2 || !a.Changed || taskLine(a) != "first ok, cut ok" {
		t.Errorf("%s (%s), %d interruptions: %+v", got.Result, got.Reason, got.Interruptions, a)
	}
	check(t, <-ended)
}

func TestAPlaybookTaskThatHangsIsEndedWithItsChildrenAtTheTimeout(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	alive := filepath.Join(d.base, "alive")
	makeFIFO(t, alive)
	ended := make(chan error)
	go func() {
		_, err := os.ReadFile(alive)
		ended <- err
	}()
	text := "- name: x\n  groups: [all]\n  tasks:\n    - !shell\n      name: hang\n      cmd: exec 9> " + alive + "; trap '' TERM; (sleep 600) & echo begun; sleep 600\n    - !echo { msg: never }\n"
	begun := monotonic()
	got := d.inProcess(d.addBuiltin(manifest(1, timed(act("playbook.apply", builtin), 1)), text))
	check(t, <-ended)
	a := got.Actions[0]
	if got.Result != job.Failed || !strings.Contains(got.Reason, `the task "hang" at p/playbook.yaml:4 failed: it took longer than 1s: begun`) || taskLine(a) != "hang failed" || !a.Changed {
		t.Errorf("%s (%s): %+v", got.Result, got.Reason, a)
	}
	if took := monotonic() - begun; took > 30*time.Second {
		t.Errorf("took %s", took)
	}
}

func TestAPlaybookIsAppliedFromSignedFilesOnly(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	spoil := act("script.run", `{"source":"p/spoil.sh"}`)
	members := maps.Clone(besidePlaybook)
	members["p/spoil.sh"] = `echo evil >> "$SLUICE_STAGING/p/files/app.conf"`
	members["p/playbook.yaml"] = "- name: x\n  groups: [all]\n  tasks:\n    - !copy { src: app.conf, dest: " + d.root + "/etc/app.conf }\n"
	got := d.inProcess(d.add(manifest(1, spoil, act("playbook.apply", builtin)), members))
	if got.Result != job.Failed || !strings.Contains(got.Reason, "cannot use member p/files/app.conf: it was changed after it was unpacked") || exists(filepath.Join(d.root, "etc/app.conf")) {
		t.Errorf("%s (%s)", got.Result, got.Reason)
	}
}

func TestTheReportsOfAPlaybookAreLimited(t *testing.T) {
	t.Parallel()
	var all tasks
	for n := range 1000 {
		all.add(jetporch.Event{Task: fmt.Sprint(n), Status: jetporch.Changed, Output: strings.Repeat("é\x1b[1m", 600), Duration: -1})
	}
	all.add(jetporch.Event{Task: strings.Repeat("é", 500), Status: jetporch.Failed, Output: strings.Repeat("x", 5000), Error: "the end"})
	size := 0
	for _, r := range all.reports {
		size += len(r.Output)
	}
	last := all.reports[len(all.reports)-1]
	if len(all.reports) != job.MaxTasks || all.leftOut != 1001-job.MaxTasks || size > job.MaxTasksOutput+job.MaxTaskOutput {
		t.Errorf("%d reports, %d left out, %d bytes", len(all.reports), all.leftOut, size)
	}
	if last.Status != job.TaskFailed || len(last.Task) != job.MaxTaskName || len(last.Output) != job.MaxTaskOutput || !strings.HasSuffix(last.Output, "x\nthe end") {
		t.Errorf("the last is %+v", last)
	}
	if slices.ContainsFunc(all.reports, func(r job.TaskReport) bool { return strings.Contains(r.Output, "\x1b") || r.DurationMS < 0 }) {
		t.Error("a report has what only a terminal understands, or a negative duration")
	}
}
