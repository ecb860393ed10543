package agent_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/agent"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/sup"
)

// hostile clears the screen of whoever reads it, and turns what follows around.
const hostile = "\x1b[2J\u202e"

func TestControlCharactersOfProgramsAndOfTheServerDoNotReachAnyLog(t *testing.T) {
	w := newWorld(t)
	fails := func(m *sup.Manifest) {
		m.Actions = []sup.Action{{Type: "command.run", Params: []byte(`{"argv":["/bin/sh","-c","printf 'said \\033[2J\\342\\200\\256' >&2; exit 3"]}`)}}
	}
	out, err := agentRun(t, "apply", "--data", string(w.layout), w.file(w.pack("by-hand", 10, fails)))
	if err == nil || strings.ContainsAny(out, "\x1b\u202e") || !strings.Contains(out, `said \u202e`) {
		t.Errorf("the command says %q (%v)", out, err)
	}
	w.start()
	w.send("m1", "lorafwd", w.pack("lorafwd", 10, fails))
	w.result("m1")
	const id = "m2\n2026-01-01T00:00:00Z forged " + hostile
	pack := w.pack("lorafwd", 10, nil)
	u := update(hostile, pack)
	w.peer.Send(deviceKey, id, wire.MethodSupUpdate, u)
	w.result(id)
	logs := map[string]string{"server": strings.Join(w.peer.Logs(), "\n"), "stderr": w.log.String()}
	for _, name := range []string{"audit.log", "agent.log"} {
		text, err := os.ReadFile(filepath.Join(w.layout.Logs(), name))
		if err != nil {
			t.Fatal(err)
		}
		logs[name] = string(text)
	}
	for name, text := range logs {
		if strings.ContainsAny(text, "\x1b\u202e") || strings.Contains(text, "\n2026-01-01T") {
			t.Errorf("%s: %q", name, text)
		}
	}
	for _, want := range []string{`said \u202e`, `forged \x1b[2J\u202e sup \x1b[2J\u202e 4.0.2: failed`} {
		if !strings.Contains(logs["audit.log"], want) {
			t.Errorf("the audit log lacks %s: %s", want, logs["audit.log"])
		}
	}
}

func TestALogThatCannotBeginAnewGoesOn(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "agent.log")
	log, err := agent.OpenLog(path)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if err := os.MkdirAll(filepath.Join(path+".1", "in-the-way"), 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		t.Helper()
		if _, err := log.Write([]byte(text)); err != nil {
			t.Error(err)
		}
	}
	write(strings.Repeat("x", 1<<20))
	write("one\n")
	write("two\n")
	if text, err := os.ReadFile(path); err != nil || !strings.HasSuffix(string(text), "xone\ntwo\n") {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	if err := os.RemoveAll(path + ".1"); err != nil {
		t.Fatal(err)
	}
	write("three\n")
	if text, err := os.ReadFile(path); err != nil || string(text) != "three\n" {
		t.Errorf("%q, %v", text, err)
	}
}
