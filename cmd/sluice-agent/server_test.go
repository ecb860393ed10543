package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sluicehq/sluice/app"
	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

const deviceKey = "gateway-1"

// world is the real server in this process and the real agent in its own.
type world struct {
	t       *testing.T
	server  *app.Server
	actor   control.Actor
	program string
	root    string
	data    string
	agent   *exec.Cmd
	log     bytes.Buffer
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{t: t, program: filepath.Join(dir, "sluice-agent"), root: filepath.Join(dir, "root"), data: filepath.Join(dir, "data")}
	if err := os.Mkdir(w.root, 0o755); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", w.program, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	server, err := app.Open(t.Context(), app.Config{Data: filepath.Join(dir, "server"), Listen: "127.0.0.1:0", MQTT: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Run(ctx) }()
	t.Cleanup(func() {
		w.kill()
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the agent's log:\n%s", w.log.String())
		}
	})
	token, _, err := server.Control.SignIn(t.Context(), "admin", server.Password)
	if err == nil {
		w.actor, err = server.Control.Authenticate(t.Context(), token)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.server = server
	return w
}

func (w *world) enrol() {
	w.t.Helper()
	token, _, err := w.server.Control.CreateToken(w.t.Context(), w.actor, control.NewToken{Kind: fleet.OneTime, DeviceKey: deviceKey})
	if err != nil {
		w.t.Fatal(err)
	}
	args := []string{"enrol", "--server", w.server.URL(), "--mqtt", "mqtt://" + w.server.MQTTAddress(), "--token", token, "--key", deviceKey,
		"--fingerprint", w.server.Fingerprint(), "--root", w.root, "--data", w.data, "--model", "iStation", "--telemetry", "100ms"}
	for range 2 { // an enrolment may be interrupted and repeated
		if out, err := exec.CommandContext(w.t.Context(), w.program, args...).CombinedOutput(); err != nil {
			w.t.Fatalf("%v: %s", err, out)
		}
	}
}

// start runs the agent under the umask of its unit.
func (w *world) start() {
	w.t.Helper()
	w.agent = exec.Command("/bin/sh", "-c", `umask 0077; exec "$0" "$@"`, w.program, "run", "--data", w.data)
	w.agent.Stderr = &w.log
	if err := w.agent.Start(); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) kill() {
	if w.agent != nil {
		_ = w.agent.Process.Signal(syscall.SIGKILL)
		_ = w.agent.Wait()
		w.agent = nil
	}
}

// await looks at the server's state whenever something was committed.
func (w *world) await(what string, condition func() bool) {
	w.t.Helper()
	changes, stop := w.server.Control.Feed.Listen()
	defer stop()
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	for !condition() {
		select {
		case <-changes:
		case <-limit.C:
			w.t.Fatalf("waited in vain until %s", what)
		}
	}
}

// give gives a package with the version to the device and returns its execution.
func (w *world) give(version string, counter uint64) fleet.Execution {
	w.t.Helper()
	ctx := w.t.Context()
	var built bytes.Buffer
	manifest := sup.Manifest{Name: "hello", Version: version, ReleaseCounter: counter, Actions: []sup.Action{
		{Type: "script.run", Params: json.RawMessage(`{"source":"a.sh"}`), OnFailure: sup.Rollback},
		{Type: "file.install", Params: json.RawMessage(`{"source":"hello","path":"/etc/hello"}`), OnFailure: sup.Rollback},
	}}
	files := fstest.MapFS{"hello": {Data: []byte("hello " + version)}, "a.sh": {Data: []byte("#!/bin/sh\nsleep 0.1\numask > \"$SLUICE_ROOT/umask\"\n")}}
	if err := sup.Build(&built, manifest, files, w.server.Signer); err != nil {
		w.t.Fatal(err)
	}
	file, err := w.server.Control.Upload(ctx, w.actor, "hello-"+version+".sup", &built)
	if err != nil {
		w.t.Fatal(err)
	}
	release, err := w.server.Control.CreateRelease(ctx, w.actor, file.ID, false)
	if err != nil {
		w.t.Fatal(err)
	}
	u, err := w.server.Control.CreateUpdate(ctx, w.actor, control.NewUpdate{Type: fleet.SUP, ReleaseID: release.ID,
		Audience: fleet.Audience{Devices: []string{deviceKey}}})
	if err != nil {
		w.t.Fatal(err)
	}
	list, err := w.server.Control.Executions(ctx, w.actor, control.ExecutionFilter{UpdateID: u.ID}, control.Page{Limit: 2})
	if err != nil || len(list) != 1 {
		w.t.Fatalf("%d executions, %v", len(list), err)
	}
	return list[0]
}

func (w *world) final(id fleet.ExecutionID) bool {
	w.t.Helper()
	e, err := w.server.Control.Execution(w.t.Context(), w.actor, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return e.State.Final()
}

// judge checks that an execution succeeded by exactly one report and that the
// device holds what it brought.
func (w *world) judge(id fleet.ExecutionID, version string) {
	w.t.Helper()
	e, err := w.server.Control.Execution(w.t.Context(), w.actor, id)
	if err != nil || e.State != fleet.Succeeded {
		w.t.Fatalf("%s: %s %q (%v)", version, e.State, e.Reason, err)
	}
	var c job.Confirmation
	if err := json.Unmarshal(e.Confirmation, &c); err != nil || c.Result != job.Succeeded || len(c.Actions) != 2 {
		w.t.Errorf("%s: the confirmation is %s (%v)", version, e.Confirmation, err)
	}
	events, err := w.server.Control.ExecutionEvents(w.t.Context(), w.actor, id, control.Page{Limit: 1000}, false)
	if err != nil {
		w.t.Fatal(err)
	}
	ends := 0
	for _, event := range events {
		if event.Mismatch {
			w.t.Errorf("%s: mismatch: %+v", version, event)
		}
		if event.Event == fleet.Succeed {
			ends++
		}
	}
	if ends != 1 {
		w.t.Errorf("%s: %d final reports: %+v", version, ends, events)
	}
	if got, err := os.ReadFile(filepath.Join(w.root, "etc/hello")); err != nil || string(got) != "hello "+version {
		w.t.Errorf("%s: the device holds %q (%v)", version, got, err)
	}
	if got, err := os.ReadFile(filepath.Join(w.root, "umask")); err != nil || string(got) != "0022\n" {
		w.t.Errorf("%s: scripts run under the umask %q (%v)", version, got, err)
	}
}

func TestAnAgentThatIsKilledAgainAndAgainReportsEachUpdateOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	kills := 0
	for n := range uint64(4) {
		version := fmt.Sprintf("1.%d", n)
		w.start()
		var id fleet.ExecutionID
		if n == 0 {
			w.await("the device is known", func() bool {
				d, err := w.server.Control.DeviceByKey(t.Context(), w.actor, deviceKey)
				return err == nil && d.Model == "iStation"
			})
		}
		id = w.give(version, n+1).ID
		for range 5 {
			timer := time.NewTimer(time.Duration(random.Int64N(int64(200 * time.Millisecond))))
			<-timer.C
			if w.final(id) {
				break
			}
			w.kill()
			w.start()
			kills++
		}
		w.await(version+" has ended", func() bool { return w.final(id) })
		w.judge(id, version)
		w.kill()
	}
	t.Logf("%d kills", kills)
}

func TestTheServerGetsLogAndDiagnosticOfTheAgent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol()
	w.start()
	w.await("the device is known", func() bool {
		d, err := w.server.Control.DeviceByKey(t.Context(), w.actor, deviceKey)
		return err == nil && d.Model == "iStation"
	})
	id := w.give("1.0", 1).ID
	w.await("the update has ended", func() bool { return w.final(id) })
	w.judge(id, "1.0")
	d, err := w.server.Control.DeviceByKey(t.Context(), w.actor, deviceKey)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := w.server.Control.Log(t.Context(), w.actor, d.ID, control.Page{Limit: 20})
	if err != nil || !strings.Contains(fmt.Sprint(lines), "sup hello 1.0: action 2/2 file.install") {
		t.Errorf("the device's log is %v (%v)", lines, err)
	}
	m, err := w.server.Control.AskDiagnostic(t.Context(), w.actor, d.ID)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	answer, err := w.server.Control.AwaitAnswer(ctx, m.ID)
	if err != nil || answer.ErrorCode != 0 {
		t.Fatalf("%+v, %v", answer, err)
	}
	files, err := w.server.Control.Files(t.Context(), w.actor, d.ID, control.Page{Limit: 5})
	if err != nil || len(files) != 1 || !strings.HasPrefix(files[0].Name, "diagnostic-") {
		t.Errorf("the device's files are %+v (%v)", files, err)
	}
}
