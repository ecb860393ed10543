package install

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

const playbook = "- name: demo\n  groups: [all]\n  tasks: []\n"

// jetp puts a program of that name into the device's PATH.
func (d *device) jetp(script string) {
	d.t.Helper()
	d.write("usr/bin/jetp", "#!/bin/sh\n"+script, 0o755)
}

func (d *device) addPlaybook(params string, before ...sup.Action) string {
	d.t.Helper()
	return d.add(manifest(1, append(before, act("playbook.apply", params))...), files{"p/playbook.yaml": playbook})
}

const fromMember = `{"source":"p/playbook.yaml"}`

func TestAPlaybookIsAppliedByJetpInACleanEnvironment(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.jetp(`{ echo "$@"; cat "$3"; echo "dir $(pwd)"; echo "home $HOME"; echo x > "$HOME/file" && echo writable
env | grep -o '^[A-Z_]*=' | sort | tr '\n' ' '; } > "$SLUICE_ROOT/etc/said"
printf '\033[32m> play: demo\033[0m\n'`)
	dir := d.addPlaybook(fromMember)
	got := d.run(dir)
	if got.Result != job.Succeeded || !got.Actions[0].Changed || got.Actions[0].Output != "> play: demo\n" {
		t.Fatalf("%s (%s): %+v", got.Result, got.Reason, got.Actions)
	}
	staged := filepath.Join(d.state, "staging", "mail-1", "p")
	want := "local -p " + staged + "/playbook.yaml\n" + playbook + "dir " + staged + "\nhome " + dir + "/jetp\nwritable\n" +
		"DEBIAN_FRONTEND= HOME= JET_LOG= LANG= PATH= PWD= SLUICE_ACTION= SLUICE_PACKAGE= SLUICE_ROOT= SLUICE_STAGING= SLUICE_VERSION= USER= "
	if said, _ := os.ReadFile(filepath.Join(d.root, "etc/said")); string(said) != want {
		t.Errorf("got %s\nwant %s", said, want)
	}
	if exists(filepath.Join(dir, "jetp")) {
		t.Error("the home of jetp is left behind")
	}
	d.clean(dir)
}

func TestAPlaybookThatFailsNamesItsTask(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ script, want string }{
		"with a log": {`printf '%s\n' '{"event":"TASK_FAILED","task":"first","cmd_rc":1,"cmd_out":"ignored"}' > "$JET_LOG"
echo 'torn' >> "$JET_LOG"
printf '%s\n' '{"event":"TASK_FAILED","task":"install lorafwd","cmd_rc":1,"cmd_out":"no such package\n"}' >> "$JET_LOG"
exit 1`, "ended with exit code 1: task install lorafwd failed: no such package"},
		"without a log": {`echo "! error: localhost: no such role"; exit 1`, "ended with exit code 1: ! error: localhost: no such role"},
		"a panic":       {`exit 101`, "jetp broke off, which is a defect of jetp: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDevice(t)
			d.jetp(c.script)
			got := d.run(d.addPlaybook(fromMember))
			if got.Result != job.Failed || !strings.Contains(got.Reason, c.want) || !got.Actions[0].Changed {
				t.Errorf("%s (%s), changed %v", got.Result, got.Reason, got.Actions[0].Changed)
			}
		})
	}
}

func TestAPlaybookIsNotRolledBackAndTheReportSaysSo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script  string
		actions []sup.Action
	}{
		"applied":           {"exit 0", []sup.Action{act("playbook.apply", fromMember), act("check.command", `{"argv":["false"]}`, sup.Rollback)}},
		"failed in between": {"exit 1", []sup.Action{act("playbook.apply", fromMember, sup.Rollback)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDevice(t)
			d.jetp(c.script)
			got := d.run(d.add(manifest(1, c.actions...), files{"p/playbook.yaml": playbook}))
			if got.Result != job.Inconsistent || !strings.Contains(got.Reason, "there is no undo for it: what it did stays") {
				t.Errorf("%s (%s)", got.Result, got.Reason)
			}
		})
	}
}

func TestAPlaybookThatHangsIsEndedAtItsTimeout(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.jetp("echo begun; sleep 600")
	m := manifest(1, timed(act("playbook.apply", fromMember), 1))
	got := d.run(d.add(m, files{"p/playbook.yaml": playbook}))
	if got.Result != job.Failed || !strings.Contains(got.Reason, "it took longer than 1s") || got.Actions[0].Output != "begun\n" {
		t.Errorf("%s (%s): %+v", got.Result, got.Reason, got.Actions)
	}
}

func TestAPlaybookIsRefusedWhereNothingCanApplyIt(t *testing.T) {
	t.Parallel()
	const noJetp = "this device has no jetp program; install jetp"
	makeDir := act("directory.create", `{"path":"/opt/made"}`)
	for name, c := range map[string]struct {
		engine string
		before []sup.Action
		result job.Result
	}{
		"auto without jetp":            {"auto", nil, job.Succeeded},
		"builtin":                      {"builtin", nil, job.Succeeded},
		"jetp without jetp":            {"jetp", nil, job.Refused},
		"jetp after what may bring it": {"jetp", []sup.Action{makeDir}, job.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDevice(t)
			got := d.run(d.addPlaybook(`{"source":"p/playbook.yaml","engine":"`+c.engine+`"}`, c.before...))
			if got.Result != c.result || c.result != job.Succeeded && !strings.HasSuffix(got.Reason, noJetp) {
				t.Errorf("%s (%s)", got.Result, got.Reason)
			}
		})
	}
}

func TestAPackageMayBringTheProgramForItsPlaybook(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	m := manifest(1, act("file.install", `{"source":"jetp","path":"/usr/bin/jetp","mode":"0755"}`), act("playbook.apply", `{"source":"p.yaml","engine":"jetp"}`))
	got := d.run(d.add(m, files{"jetp": "#!/bin/sh\necho applied\n", "p.yaml": playbook}))
	if got.Result != job.Succeeded || got.Actions[1].Output != "applied\n" {
		t.Errorf("%s (%s)", got.Result, got.Reason)
	}
}

// The runtime starts the installer as the agent does, in a session of its own.
// The playbook kills the runtime; the installer goes on to one final report.
func TestAPlaybookThatKillsTheRuntimeEndsInOneFinalReport(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	pidFile, gone := filepath.Join(d.base, "runtime.pid"), filepath.Join(d.base, "gone")
	makeFIFO(t, gone)
	d.jetp(`kill -9 "$(cat "` + pidFile + `")"; cat "` + gone + `"; echo done >> "$SLUICE_ROOT/etc/applied"`)
	dir := d.addPlaybook(fromMember)
	runtime := exec.Command("sh", "-c", `echo $$ > "$0"; setsid "$@" & wait`, pidFile, os.Args[0])
	runtime.Env = append(os.Environ(), envJob+"="+dir)
	check(t, runtime.Start())
	var status syscall.WaitStatus
	_ = runtime.Wait()
	if status = runtime.ProcessState.Sys().(syscall.WaitStatus); !status.Signaled() {
		t.Fatalf("the runtime was not killed: %v", status)
	}
	if job.Finished(dir) {
		t.Fatal("the job has ended before its playbook")
	}
	check(t, os.WriteFile(gone, nil, 0)) // lets the playbook go on
	d.untilFree(dir)                     // the installer has ended
	got, err := job.ReadConfirmation(dir)
	check(t, err)
	applied, _ := os.ReadFile(filepath.Join(d.root, "etc/applied"))
	if got.Result != job.Succeeded || got.Interruptions != 0 || got.Actions[0].Attempts != 1 || string(applied) != "done\n" {
		t.Errorf("%s (%s), applied %q", got.Result, got.Reason, applied)
	}
	var copied job.Confirmation
	data, err := os.ReadFile(filepath.Join(d.log, "confirmation.json"))
	check(t, err)
	if check(t, json.Unmarshal(data, &copied)); copied.Result != job.Succeeded {
		t.Errorf("the logs say %s", copied.Result)
	}
}
