package install

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

// inSandbox names paths of the device and needs no program.
const inSandbox = `- name: gateway
  groups: [all]
  tasks:
    - !directory { name: folder, path: /opt/app }
    - !copy { name: config, src: app.conf, dest: /etc/app.conf }
    - !template { name: unit, src: app.service, dest: /opt/app/unit }
    - !echo { name: never, msg: no, with: { condition: "(eq 1 2)" } }
`

func checking(j *job.Job) { j.Check = true }

func (d *device) addSandboxed(counter uint64, change func(*job.Job), on ...sup.OnFailure) string {
	d.t.Helper()
	return d.addAs(manifest(counter, act("playbook.apply", fromMember, on...)), files{
		"p/playbook.yaml": inSandbox, "p/files/app.conf": "port=80\n", "p/templates/app.service": "package={{ENV_SLUICE_PACKAGE}}\n"}, change)
}

func TestACheckSaysWhatAnApplicationWouldDoAndChangesNothing(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.write("etc/app.conf", "port=79\n", 0o644)
	apply := func(*job.Job) {}
	for _, c := range []struct {
		as            func(*job.Job)
		reason, tasks string
	}{
		{checking, "would change 3 of 3 tasks: folder, config, unit; 1 skipped", "folder changed, config changed, unit changed, never skipped"},
		{apply, "changed 3 of 3 tasks: folder, config, unit; 1 skipped", "folder changed, config changed, unit changed, never skipped"},
		{apply, "changed nothing: all 3 tasks are as they should be; 1 skipped", "folder ok, config ok, unit ok, never skipped"},
		{checking, "would change nothing: all 3 tasks are as they should be; 1 skipped", "folder ok, config ok, unit ok, never skipped"},
	} {
		var j job.Job
		c.as(&j)
		before := d.snapshot()
		dir := d.addSandboxed(3, c.as, sup.Rollback)
		got := d.run(dir)
		a := got.Actions[0]
		if got.Result != job.Succeeded || got.Check != j.Check || got.Reason != c.reason || taskLine(a) != c.tasks || a.Changed != strings.Contains(c.tasks, "changed") {
			t.Errorf("%s (%s), changed %v: %s", got.Result, got.Reason, a.Changed, taskLine(a))
		}
		if j.Check {
			sameTree(t, "after the check", d.snapshot(), before)
		}
		if c.tasks[:14] == "folder changed" {
			want, diff := "modified (Content)", ""
			if j.Check {
				want, diff = "would be modified (Content)", "-port=79\n+port=80\n"
			}
			if config := a.Tasks[1]; config.Change != want || !strings.Contains(config.Diff, diff) || diff == "" && config.Diff != "" {
				t.Errorf("check %v: %+v", j.Check, config)
			}
		}
		d.clean(dir)
	}
}

func TestACheckMeetsTheReleaseCounterAndDoesNotRaiseIt(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	for _, c := range []struct {
		counter uint64
		as      func(*job.Job)
		want    job.Result
	}{
		{5, checking, job.Succeeded}, {3, func(*job.Job) {}, job.Succeeded}, {2, checking, job.Refused}, {3, checking, job.Succeeded},
	} {
		got := d.run(d.addSandboxed(c.counter, c.as))
		if got.Result != c.want || c.want == job.Refused && !strings.Contains(got.Reason, "lower than the installed 3") {
			t.Errorf("counter %d: %s (%s)", c.counter, got.Result, got.Reason)
		}
	}
}

func TestOnlyPlaybooksAreChecked(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	m := manifest(1, act("playbook.apply", fromMember), act("file.install", `{"source":"p/playbook.yaml","path":"/etc/made"}`))
	got := d.run(d.addAs(m, files{"p/playbook.yaml": playbook}, checking))
	if got.Result != job.Refused || !got.Check || !strings.Contains(got.Reason, "action 2 is file.install, and only playbook.apply can say what it would change") {
		t.Errorf("%s (%s)", got.Result, got.Reason)
	}
}

// A check that fails has nothing to take back: it never ends as inconsistent.
func TestACheckThatFailsChangesNothingAndRollsNothingBack(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	before := d.snapshot()
	text := "- name: x\n  groups: [all]\n  tasks:\n    - !file { name: one, path: /etc/one }\n    - !fail { name: no, msg: not here }\n"
	m := manifest(1, act("playbook.apply", `{"source":"a.yaml"}`, sup.Rollback), act("playbook.apply", `{"source":"b.yaml"}`, sup.Rollback))
	got := d.run(d.addAs(m, files{"a.yaml": strings.ReplaceAll(text, "!fail", "!echo"), "b.yaml": text}, checking))
	if got.Result != job.Failed || !strings.Contains(got.Reason, `action 2 (playbook.apply) failed: the task "no"`) || taskLine(got.Actions[1]) != "one changed, no failed" {
		t.Errorf("%s (%s): %+v", got.Result, got.Reason, got.Actions)
	}
	sameTree(t, "after the check", d.snapshot(), before)
}

func TestKilledAtAnyPointACheckChangesNothingAndEndsInOneConfirmation(t *testing.T) {
	t.Parallel()
	points := 0
	for n := 1; !t.Failed(); n++ {
		d := newDevice(t)
		d.whole = true
		before := d.snapshot()
		m := manifest(1, act("playbook.apply", builtin, sup.Rollback))
		dir := d.addBuiltinAs(m, wholePlaybook, checking)
		killed, code, stderr := d.process(dir, n)
		if !killed && code != 0 {
			t.Fatalf("point %d: exit %d: %s", n, code, stderr)
		}
		got := d.run(dir)
		const reason = "would change 4 of 4 tasks: log, config, unit, once; 1 skipped"
		if got.Result != job.Succeeded || !got.Check || got.Reason != reason {
			t.Errorf("point %d: %s (%s)", n, got.Result, got.Reason)
		}
		sameTree(t, fmt.Sprintf("point %d", n), d.snapshot(), before)
		if exists(filepath.Join(d.state, "counters.json")) || exists(filepath.Join(d.base, "reloads")) {
			t.Errorf("point %d: the check left something behind", n)
		}
		d.clean(dir)
		if again := d.run(dir); fmt.Sprint(again) != fmt.Sprint(got) {
			t.Errorf("point %d: a start after the end gives another confirmation", n)
		}
		os.RemoveAll(d.base)
		if !killed {
			break
		}
		points++
	}
	t.Logf("%d points", points)
}

// shell puts sh and what it is linked with into the sandbox.
func (d *device) shell() {
	d.t.Helper()
	if os.Geteuid() != 0 {
		d.t.Skip("only root can make a sandbox the root of a program")
	}
	said, err := exec.Command("ldd", "/bin/sh").Output()
	check(d.t, err)
	for _, path := range append(regexp.MustCompile(`/[^ ]+`).FindAllString(string(said), -1), "/bin/sh") {
		text, err := os.ReadFile(path)
		check(d.t, err)
		d.write(path, string(text), 0o755)
	}
}

func TestThePlaybookOfASandboxRunsItsProgramsInIt(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.shell()
	const text = "- name: x\n  groups: [all]\n  tasks:\n    - !shell { name: say, cmd: 'echo \"$SLUICE_ROOT $HOME $SLUICE_PACKAGE\" > /etc/said' }\n"
	got := d.run(d.add(manifest(1, act("playbook.apply", fromMember)), files{"p/playbook.yaml": text}))
	said, err := os.ReadFile(filepath.Join(d.root, "etc/said"))
	if got.Result != job.Succeeded || err != nil || string(said) != "/ /root app\n" {
		t.Errorf("%s (%s): %q, %v", got.Result, got.Reason, said, err)
	}
}
