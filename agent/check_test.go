package agent_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sluicehq/sluice/agent/agenttest"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
	"github.com/sluicehq/sluice/variable"
)

// bundle is a package of a playbook that needs no program and declares a variable.
func (w *world) bundle(counter uint64) []byte {
	w.t.Helper()
	m := sup.Manifest{Name: "bundle", Version: "1", ReleaseCounter: counter,
		Variables: []variable.Variable{{Name: "port", Type: variable.Integer, Required: true}},
		Actions:   []sup.Action{{Type: "playbook.apply", Params: []byte(`{"source":"playbook.yaml"}`), OnFailure: sup.Rollback}}}
	const text = `- name: gateway
  groups: [all]
  tasks:
    - !directory { name: folder, path: /opt/app }
    - !template { name: config, src: conf, dest: /opt/app/conf }
`
	var out bytes.Buffer
	files := fstest.MapFS{"playbook.yaml": {Data: []byte(text)}, "templates/conf": {Data: []byte("port={{port}}\n")}}
	if err := sup.Build(&out, m, files, sup.NewSigner(w.key)); err != nil {
		w.t.Fatal(err)
	}
	return out.Bytes()
}

func (w *world) sendBundle(id, method string, counter uint64, given map[string]string) {
	w.t.Helper()
	pack := w.bundle(counter)
	w.peer.AddFile("bundle.sup", pack)
	u := update("bundle", pack)
	u.Variables = given
	w.peer.Send(deviceKey, id, method, u)
}

// conf is the file that the bundle writes; "" where it is not there.
func (w *world) conf() string {
	data, _ := os.ReadFile(filepath.Join(w.root, "opt/app/conf"))
	return string(data)
}

// noTrace checks that a check installed nothing.
func (w *world) noTrace() {
	w.t.Helper()
	left, err := os.ReadDir(w.root)
	if err != nil || len(left) != 0 {
		w.t.Errorf("the check left %v on the device (%v)", left, err)
	}
	for _, name := range []string{"installed.json", "state/counters.json"} {
		if _, err := os.Stat(filepath.Join(string(w.layout), name)); err == nil {
			w.t.Errorf("the check wrote %s", name)
		}
	}
}

func TestABundleIsCheckedAppliedAndAppliedAgainInTheSandbox(t *testing.T) {
	w := newWorld(t)
	w.start()
	for i, c := range []struct {
		method, port, reason, conf string
	}{
		{wire.MethodSupCheck, "80", "would change 2 of 2 tasks: folder, config", ""},
		{wire.MethodSupUpdate, "80", "changed 2 of 2 tasks: folder, config", "port=80\n"},
		{wire.MethodSupUpdate, "80", "changed nothing: all 2 tasks are as they should be", "port=80\n"},
		{wire.MethodSupCheck, "81", "would change 1 of 2 tasks: config", "port=80\n"},
	} {
		id := "m" + string(rune('1'+i))
		w.sendBundle(id, c.method, 3, map[string]string{"port": c.port})
		ack, result := w.result(id)
		var confirmation job.Confirmation
		if err := json.Unmarshal(result.Confirmation, &confirmation); err != nil {
			t.Fatal(err)
		}
		check := c.method == wire.MethodSupCheck
		if ack.ErrorCode != 0 || result.Result != "succeeded" || string(ack.ErrorMessage) != c.reason || confirmation.Check != check || len(confirmation.Actions[0].Tasks) != 2 {
			t.Errorf("%s: the report is %d %q %s", id, ack.ErrorCode, ack.ErrorMessage, ack.Params)
		}
		if w.conf() != c.conf {
			t.Errorf("%s: the device has %q, want %q", id, w.conf(), c.conf)
		}
		if i == 0 {
			w.noTrace()
		}
		if diff := confirmation.Actions[0].Tasks[1].Diff; i == 3 && !strings.Contains(diff, "-port=80\n+port=81\n") {
			t.Errorf("the diff is %q", diff)
		}
	}
	w.peer.Until("the log says that it was a check", func(p *agenttest.Peer) bool {
		return strings.Contains(strings.Join(p.Logs(), "\n"), "sup bundle 1 (check): succeeded: would change 2 of 2 tasks: folder, config")
	})
	w.reportedOnce("m1")
}

func TestTheDeviceItselfRefusesVariablesAndOldReleases(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.sendBundle("m1", wire.MethodSupUpdate, 3, map[string]string{"port": "80"})
	w.result("m1")
	for id, c := range map[string]struct {
		method  string
		counter uint64
		given   map[string]string
		want    string
	}{
		"undeclared":  {wire.MethodSupUpdate, 3, map[string]string{"port": "80", "cmd": "reboot"}, `the variable "cmd" is not declared by the package: it takes port`},
		"wrong":       {wire.MethodSupUpdate, 3, map[string]string{"port": "$(reboot)"}, `the variable port cannot be "$(reboot)", which is no whole number`},
		"missing":     {wire.MethodSupCheck, 3, nil, "the variable port is missing: it is required"},
		"too-long":    {wire.MethodSupCheck, 3, map[string]string{"port": strings.Repeat("1", 2000)}, "a value of more than 1024 bytes"},
		"old":         {wire.MethodSupUpdate, 2, map[string]string{"port": "81"}, "lower than the installed 3"},
		"old-checked": {wire.MethodSupCheck, 2, map[string]string{"port": "81"}, "lower than the installed 3"},
	} {
		w.sendBundle(id, c.method, c.counter, c.given)
		ack, result := w.result(id)
		if ack.ErrorCode == 0 || result.Result != "refused" || !strings.Contains(string(ack.ErrorMessage), c.want) {
			t.Errorf("%s: the report is %d %q %s", id, ack.ErrorCode, ack.ErrorMessage, result.Result)
		}
	}
	if w.conf() != "port=80\n" {
		t.Errorf("the device has %q", w.conf())
	}
}

func TestACheckOfAnythingButPlaybooksIsRefused(t *testing.T) {
	w := newWorld(t)
	w.start()
	pack := w.pack("lorafwd", 100, nil)
	w.peer.AddFile("lorafwd.sup", pack)
	w.peer.Send(deviceKey, "m1", wire.MethodSupCheck, update("lorafwd", pack))
	w.isRefused("m1", "action 1 is script.run, and only playbook.apply can say what it would change")
}

func TestAnAgentThatIsKilledInACheckChangesNothingAndReportsOnce(t *testing.T) {
	for _, at := range []moment{
		{"after the message was taken", wire.CommandMailboxCheck, 2, true},
		{"before the end of the transfer is taken", wire.CommandMailboxUpdate, 2, false},
		{"before the log is taken", wire.CommandLogPublish, 1, false},
		{"before the final report is taken", wire.CommandMailboxAck, 1, false},
		{"after the final report was taken", wire.CommandMailboxAck, 1, true},
	} {
		t.Run(at.name, func(t *testing.T) {
			w := newWorld(t)
			w.killAt(at, func() { w.sendBundle("m1", wire.MethodSupCheck, 3, map[string]string{"port": "80"}) })
			ack, result := w.result("m1")
			if ack.ErrorCode != 0 || result.Result != "succeeded" || string(ack.ErrorMessage) != "would change 2 of 2 tasks: folder, config" {
				t.Errorf("the report is %d %q %s", ack.ErrorCode, ack.ErrorMessage, result.Result)
			}
			w.noTrace()
			w.reportedOnce("m1")
		})
	}
}

func TestAPackageIsCheckedFromAFile(t *testing.T) {
	w := newWorld(t)
	file := w.file(w.bundle(1))
	out, err := agentRun(t, "apply", "--data", string(w.layout), file, "--check", "--var", "port=80")
	if err != nil || !strings.Contains(out, "bundle 1 (check): succeeded\n    would change 2 of 2 tasks: folder, config") || !strings.Contains(out, "    changed  config: would be created") {
		t.Errorf("%v: %s", err, out)
	}
	w.noTrace()
	if out, err := agentRun(t, "apply", "--data", string(w.layout), file, "--var", "port=http"); err == nil || !strings.Contains(out, "the variable port cannot be") {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := agentRun(t, "apply", "--data", string(w.layout), file, "--var", "port"); err == nil || !strings.Contains(out, "a variable is given as name=value") {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := agentRun(t, "apply", "--data", string(w.layout), file, "--var", "port=80"); err != nil || w.conf() != "port=80\n" {
		t.Errorf("%v: %s", err, out)
	}
}
