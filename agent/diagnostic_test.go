package agent_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/agent"
	"github.com/sluicehq/sluice/device/tr50/wire"
)

func TestTheDiagnosticArchiveHoldsNoValuesOfVariablesAndNoPasswordOfAnAddress(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.sendBundle("m1", wire.MethodSupUpdate, 1, map[string]string{"port": "424242424242", "note": `se<cr"et`})
	w.result("m1") // refused: note is not declared
	w.sendBundle("m2", wire.MethodSupUpdate, 1, map[string]string{"port": "535353535353"})
	w.result("m2")
	w.config.ServerURL = strings.Replace(w.config.ServerURL, "http://", "http://proxy:pass-word@", 1)
	w.save()
	leak := `echo 424242424242 535353535353 se<cr"et "se\u003ccr\"et" pass-word` + "\n"
	// The secret at the beginning of what is taken of a long file is cut.
	long := "535353535353" + strings.Repeat("x", 512<<10-10) + "\nend of it\n"
	for name, text := range map[string]string{"leak.log": leak, "long.log": long[:len(long)-1]} {
		if err := os.WriteFile(filepath.Join(w.layout.Logs(), name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var archive bytes.Buffer
	if err := agent.Diagnostic(&archive, w.layout, w.config, "test", time.Now()); err != nil {
		t.Fatal(err)
	}
	files := untar(t, archive.Bytes())
	for name, content := range files {
		for _, secret := range []string{"424242424242", "535353535353", "53535353", `se<cr`, `se\u003ccr`, "pass-word", "proxy"} {
			if strings.Contains(content, secret) {
				t.Errorf("%s holds %s: %.1000s", name, secret, content)
			}
		}
	}
	if got := files["diagnostic/jobs/m2/task.json"]; !strings.Contains(got, `"port": "(removed)"`) || !strings.Contains(got, `"file": "bundle.sup"`) {
		t.Errorf("the task is %s", got)
	}
	if got := files["diagnostic/logs/long.log"]; got != "end of it" {
		t.Errorf("the end of the long log is %.100q", got)
	}
}

func TestEnrolRefusesAPasswordInAnAddress(t *testing.T) {
	t.Parallel()
	out, err := agentRun(t, "enrol", "--server", "https://user:pass-word@sluice.example", "--token", "token", "--key", "gw-1",
		"--fingerprint", "SHA256:x", "--data", t.TempDir())
	if err == nil || !strings.Contains(out, "sluice.example holds a user or a password") || strings.Contains(out, "pass-word") {
		t.Errorf("%v: %s", err, out)
	}
}
