package demo_test

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
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
		`agent-2 +succeeded +would change 1 of 3 tasks: server`,
		`role +user +password`,
		`CHANNEL_ADMINISTRATOR +channel@demo.example +[A-Z2-7]{26}\n`,
		`CUSTOMER_ADMINISTRATOR +customer@demo.example +[A-Z2-7]{26}\n`,
		`SERVICE_ADMINISTRATOR +administrator@demo.example +[A-Z2-7]{26}\n`,
		`SERVICE_OPERATOR +operator@demo.example +[A-Z2-7]{26}\n`,
		`SERVICE_VIEWER +viewer@demo.example +[A-Z2-7]{26}\n`,
		`offered +gateway-config 1.2.0, as a pre-defined update\n`,
		`link +[0-9a-f]{40}, a Magic Link for agent-1 and agent-2\n`,
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

func TestThePasswordsOfTheDemoAreGoodAtOnce(t *testing.T) {
	t.Parallel()
	o := openDemo(t, "--agents", "1", "--devices", "1")
	row := regexp.MustCompile(`(?m)^[A-Z_]+ +(\S+@demo\.example) +(\S+)$`)
	users := row.FindAllStringSubmatch(o.said, -1)
	for _, user := range users {
		signsIn(t, o.url, user[1], user[2])
	}
	if len(users) != 5 {
		t.Errorf("the demo printed the users %v, want 5", users)
	}
}

// signsIn signs in and reads the fleet, which a user who has to change the
// password first may not.
func signsIn(t *testing.T, url, name, password string) {
	t.Helper()
	body, err := json.Marshal(map[string]string{"name": name, "password": password})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(url+"/api/v1/login", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var session struct{ Token string }
	if err := json.NewDecoder(resp.Body).Decode(&session); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s cannot sign in: %s, %v", name, resp.Status, err)
	}
	request, err := http.NewRequest(http.MethodGet, url+"/api/v1/devices", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+session.Token)
	devices, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer devices.Body.Close()
	if devices.StatusCode != http.StatusOK {
		t.Errorf("%s cannot read the devices: %s", name, devices.Status)
	}
}

// runDemo builds the program and runs the demo, which must exit 0 and leave
// nothing in the folder for temporary files.
func runDemo(t *testing.T, args ...string) string {
	t.Helper()
	cmd, temp := demoCommand(t, args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("the demo ended with %v\n%s", err, out)
	}
	leftNothing(t, temp)
	return string(out)
}

// demoCommand builds the program; temp is its folder for temporary files.
func demoCommand(t *testing.T, args ...string) (cmd *exec.Cmd, temp string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "sluice")
	build := exec.Command("go", "build", "-o", program, "github.com/sluicehq/sluice/cmd/sluice")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("cannot build: %v\n%s", err, out)
	}
	temp = t.TempDir()
	cmd = exec.Command(program, append([]string{"demo"}, args...)...)
	cmd.Env = append(os.Environ(), "TMPDIR="+temp)
	return cmd, temp
}

func leftNothing(t *testing.T, temp string) {
	t.Helper()
	left, err := os.ReadDir(temp)
	if err != nil || len(left) != 0 {
		t.Errorf("the demo left %v, %v", left, err)
	}
}
