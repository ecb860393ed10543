package agent_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/agent"
	"github.com/sluicehq/sluice/sup"
)

// fileOf writes a text into a file of its own.
func fileOf(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheTokenIsGivenInAFileOrOnStandardInput(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	server := keyServer(t, key)
	for _, from := range []string{fileOf(t, "secret-token\n"), "-"} {
		layout := agent.Layout(filepath.Join(t.TempDir(), "data"))
		cmd := exec.CommandContext(t.Context(), program, "enrol", "--server", server, "--token-file", from, "--key", "gw-1",
			"--fingerprint", sup.Fingerprint(key), "--data", string(layout), "--root", t.TempDir())
		cmd.Stdin = strings.NewReader("secret-token\r\n")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if c, err := agent.Load(layout); err != nil || c.Token != "secret-token" {
			t.Errorf("the token is %q (%v)", c.Token, err)
		}
	}
	out, err := agentRun(t, "enrol", "--token", "a", "--token-file", fileOf(t, "b"), "--fingerprint", "SHA256:x", "--data", t.TempDir())
	if err == nil || !strings.Contains(out, "--token and --token-file are both given") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestAVariableIsGivenInAFile(t *testing.T) {
	w := newWorld(t)
	file := w.file(w.bundle(1))
	out, err := agentRun(t, "apply", "--data", string(w.layout), file, "--var-file", "port="+fileOf(t, "8080\n"))
	if err != nil || w.conf() != "port=8080\n" {
		t.Errorf("%v: %s", err, out)
	}
	for given, want := range map[string]string{
		"port":                               "the file of a variable is given as name=FILE",
		"port=" + filepath.Join(w.root, "x"): "no such file",
	} {
		if out, err := agentRun(t, "apply", "--data", string(w.layout), file, "--var-file", given); err == nil || !strings.Contains(out, want) {
			t.Errorf("%s: %v: %s", given, err, out)
		}
	}
}
