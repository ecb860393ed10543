package demo_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestTheDemoEndsAsItShould(t *testing.T) {
	t.Parallel()
	out := runDemo(t, "--exit", "--listen", "127.0.0.1:0")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if last := lines[len(lines)-1]; last != "demo: 22 succeeded, 1 failed, 1 refused" {
		t.Errorf("the last line is %q", last)
	}
	for _, want := range []string{
		`sim-wrong-model +refused +model is Another Gateway, the release is for Sluice Demo Gateway`,
		`agent-1 +failed +action 4 \(check.command\) failed: .*rolled back`,
		`agent-3 +succeeded`,
	} {
		if !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("no line %q in\n%s", want, out)
		}
	}
}

func TestTheDemoTakesAFreePortWhenItsOwnIsTaken(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	out := runDemo(t, "--exit", "--agents", "1", "--devices", "1", "--listen", taken.Addr().String())
	if !strings.Contains(out, "demo: 1 succeeded, 1 failed, 1 refused") {
		t.Error(out)
	}
}

// runDemo builds the program and runs the demo, which must exit 0 and leave
// nothing in the folder for temporary files.
func runDemo(t *testing.T, args ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "sluice")
	build := exec.Command("go", "build", "-o", program, "github.com/sluicehq/sluice/cmd/sluice")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("cannot build: %v\n%s", err, out)
	}
	temp := t.TempDir()
	cmd := exec.Command(program, append([]string{"demo"}, args...)...)
	cmd.Env = append(os.Environ(), "TMPDIR="+temp)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("the demo ended with %v\n%s", err, out)
	}
	left, err := os.ReadDir(temp)
	if err != nil || len(left) != 0 {
		t.Errorf("the demo left %v, %v", left, err)
	}
	return string(out)
}
