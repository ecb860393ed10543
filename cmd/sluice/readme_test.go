package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestTheFirstTenMinutesOfTheREADME runs the README's own lines. Only what a
// person does by hand is put in: ports that are free, the password, the
// token, the fingerprint, a second and a third terminal, and less patience.
func TestTheFirstTenMinutesOfTheREADME(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(dir, "bin")+"/", "./cmd/...")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("cannot build: %v\n%s", err, out)
	}
	script := byHand(t, section(t, "## The first ten minutes by hand"), freeAddress(t), freeAddress(t))
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_CONFIG_HOME="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n--- the script\n%s", err, out, script)
	}
	if !strings.Contains(string(out), "update 1: 1 succeeded") {
		t.Errorf("the update did not succeed:\n%s", out)
	}
	if _, err := os.Stat(filepath.Join(dir, "sandbox/opt/hello/hello.sh")); err != nil {
		t.Errorf("nothing was installed: %v", err)
	}
}

// byHand turns the section's commands into a script.
func byHand(t *testing.T, commands, listen, mqtt string) string {
	t.Helper()
	script := "trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n" + commands
	for _, r := range [][2]string{
		{"go build -o bin/ ./cmd/...\n", ""},
		{"bin/sluice server\n", "bin/sluice server --listen " + listen + " --mqtt " + mqtt + " >server.log 2>&1 &\n" +
			"for _ in $(seq 200); do grep -q ^password server.log && break; read -rt 0.05 <> <(:) || :; done\n" +
			"PASSWORD=$(awk '/^password/ {print $2}' server.log) FINGERPRINT=$(awk '/^fingerprint/ {print $2}' server.log)\n"},
		{"http://127.0.0.1:8080", "http://" + listen},
		{"bin/sluice login\n", "echo \"$PASSWORD\" | bin/sluice login --password-stdin\n"},
		{"bin/sluice device token\n", "TOKEN=$(bin/sluice device token)\n"},
		{"--token TOKEN", "--token $TOKEN --mqtt mqtt://" + mqtt},
		{"SHA256:…", "$FINGERPRINT"},
		{"--telemetry 10s", "--telemetry 1s"},
		{"bin/sluice-agent run --data agent-data\n", "bin/sluice-agent run --data agent-data >agent.log 2>&1 &\n" +
			"for _ in $(seq 200); do bin/sluice device list | grep -q '^gw-1.*linux' && break; read -rt 0.05 <> <(:) || :; done\n"},
	} {
		if !strings.Contains(script, r[0]) {
			t.Fatalf("the README no longer says %q", r[0])
		}
		script = strings.Replace(script, r[0], r[1], 1)
	}
	return script
}

// section returns the commands of a section: the text of its code blocks.
func section(t *testing.T, title string) string {
	t.Helper()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, body, ok := strings.Cut(string(text), title+"\n")
	if !ok {
		t.Fatalf("the README has no section %q", title)
	}
	body, _, _ = strings.Cut(body, "\n## ")
	var commands strings.Builder
	for i, part := range strings.Split(body, "```\n") {
		if i%2 == 1 {
			commands.WriteString(part)
		}
	}
	return commands.String()
}
