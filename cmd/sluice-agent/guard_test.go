package main_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

// The script kills its parent, which is the installer, once.
const killer = `#!/bin/sh
test -e "$SLUICE_ROOT/again" && exit 0
: > "$SLUICE_ROOT/again"
kill -9 $PPID
sleep 600
`

func TestAnInstallerThatIsKilledWhileTheRuntimeIsStoppedStartsItAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program, root := filepath.Join(dir, "sluice-agent"), filepath.Join(dir, "root")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	key, err := sup.GenerateKey()
	must(t, err)
	var built bytes.Buffer
	must(t, sup.Build(&built, sup.Manifest{Name: "hello", Version: "1", ReleaseCounter: 1, Actions: []sup.Action{
		{Type: "runtime.stop"},
		{Type: "script.run", Params: json.RawMessage(`{"source":"s"}`)},
		{Type: "runtime.start"},
	}}, fstest.MapFS{"s": {Data: []byte(killer)}}, sup.NewSigner(key)))
	must(t, os.Mkdir(root, 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "hello.sup"), built.Bytes(), 0o600))
	say := func(word string) []string { return []string{"sh", "-c", "echo " + word + " >> " + dir + "/said"} }
	must(t, job.Create(filepath.Join(dir, "job"), job.Job{
		ID: "1", PackagePath: filepath.Join(dir, "hello.sup"), Threshold: 1, TrustKeys: []string{base64.StdEncoding.EncodeToString(sup.NewSigner(key).PublicKey())},
		Root: root, StateDir: filepath.Join(dir, "state"), LogsDir: filepath.Join(dir, "logs"),
		Configuration: job.Configuration{RuntimeStop: say("stopped"), RuntimeStart: say("started")},
	}))
	out, err := exec.CommandContext(t.Context(), program, "install", "--job", filepath.Join(dir, "job")).CombinedOutput()
	if err != nil || strings.Count(string(out), "started again") != 1 {
		t.Errorf("%v: %s", err, out)
	}
	c, err := job.ReadConfirmation(filepath.Join(dir, "job"))
	if err != nil || c.Result != job.Succeeded || c.Interruptions != 1 {
		t.Errorf("%+v, %v", c, err)
	}
	if said, err := os.ReadFile(filepath.Join(dir, "said")); err != nil || string(said) != "stopped\nstarted\n" {
		t.Errorf("the runtime was %q, %v", said, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
