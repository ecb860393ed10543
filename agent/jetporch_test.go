package agent_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sluicehq/sluice/agent/agenttest"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/internal/testprogram"
	"github.com/sluicehq/sluice/sup"
)

// jetp puts a program of that name into the PATH of the sandbox.
func (w *world) jetp(script string) {
	w.t.Helper()
	path := filepath.Join(w.root, "usr/bin/jetp")
	testprogram.Write(w.t, path, "#!/bin/sh\n"+script)
}

// playbook builds a package as the server makes one of a script.
func (w *world) playbook() []byte {
	w.t.Helper()
	m := sup.Manifest{Name: "jetporch-1", Version: "1", ReleaseCounter: 1,
		Actions: []sup.Action{{Type: "playbook.apply", Params: []byte(`{"source":"playbook.yaml"}`)}}}
	var out bytes.Buffer
	files := fstest.MapFS{"playbook.yaml": {Data: []byte("- name: demo\n  groups: [all]\n")}}
	if err := sup.Build(&out, m, files, sup.NewSigner(w.key)); err != nil {
		w.t.Fatal(err)
	}
	return out.Bytes()
}

func TestTheDeviceSaysThatItRunsAndChecksJetPorchInASandboxToo(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.peer.Until("attributes", func(p *agenttest.Peer) bool { return len(p.Heard(wire.CommandAttributeBatch)) > 0 })
	got := string(w.peer.Heard(wire.CommandAttributeBatch)[0].Params)
	for _, attribute := range []string{`{"key":"jetporch","value":"true"`, `{"key":"jetporch_check","value":"true"`} {
		if !strings.Contains(got, attribute) {
			t.Errorf("%s is missing in %s", attribute, got)
		}
	}
}

func TestAPlaybookThatKillsTheAgentIsReportedOnceByTheNextOne(t *testing.T) {
	w := newWorld(t)
	w.jetp(`kill -9 "$(cat "$SLUICE_ROOT/agent.pid")"
echo applied >> "$SLUICE_ROOT/applied"
while [ -e "$SLUICE_ROOT/hold" ]; do sleep 0.05; done`)
	w.hold()
	w.start()
	if err := os.WriteFile(filepath.Join(w.root, "agent.pid"), []byte(strconv.Itoa(w.agent.Process.Pid)), 0o600); err != nil {
		t.Fatal(err)
	}
	w.send("m1", "playbook", w.playbook())
	_ = w.agent.Wait()
	w.agent = nil
	w.untilFile("applied")
	w.release()
	w.start()
	ack, result := w.result("m1")
	if ack.ErrorCode != 0 || result.Result != "succeeded" {
		t.Errorf("the report is %d %q %s", ack.ErrorCode, ack.ErrorMessage, result.Result)
	}
	if applied, err := os.ReadFile(filepath.Join(w.root, "applied")); err != nil || string(applied) != "applied\n" {
		t.Errorf("the playbook was applied as %q, %v", applied, err)
	}
	w.reportedOnce("m1")
}
