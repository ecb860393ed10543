package agent_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sluicehq/sluice/agent"
	"github.com/sluicehq/sluice/agent/agenttest"
	"github.com/sluicehq/sluice/compat"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

// program is the real sluice-agent, built once.
var program string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "sluice-agent")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "sluice-agent")
	build := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "github.com/sluicehq/sluice/cmd/sluice-agent")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "cannot build the agent: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

const deviceKey = "gateway-1"

// world is a server, an enrolled device and the owner's key.
type world struct {
	t      *testing.T
	peer   *agenttest.Peer
	key    ed25519.PrivateKey
	layout agent.Layout
	root   string
	config agent.Configuration
	agent  *exec.Cmd
	log    lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	key, err := sup.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	w := &world{t: t, peer: agenttest.New(t), key: key, layout: agent.Layout(filepath.Join(dir, "data")), root: filepath.Join(dir, "root")}
	if err := os.Mkdir(w.root, 0o755); err != nil {
		t.Fatal(err)
	}
	w.config = agent.Configuration{
		ServerURL: w.peer.HTTPURL(), MQTTURL: w.peer.MQTTURL(), ThingKey: deviceKey, AppID: "app-id-that-is-secret", Token: "token-that-is-secret",
		TrustKeys: []string{base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))}, Threshold: 1,
		Root: w.root, Model: "iStation", Version: "1.0", TelemetryInterval: agent.Duration(time.Hour),
		RetryCap: agent.Duration(100 * time.Millisecond),
	}
	w.save()
	t.Cleanup(func() {
		w.kill()
		if t.Failed() {
			t.Logf("the agent's log:\n%s", w.log.String())
		}
	})
	return w
}

func (w *world) save() {
	w.t.Helper()
	if err := w.config.Save(w.layout); err != nil {
		w.t.Fatal(err)
	}
}

// start runs the agent as a process.
func (w *world) start() {
	w.t.Helper()
	w.agent = exec.Command(program, "run", "--data", string(w.layout))
	w.agent.Stderr = &w.log
	if err := w.agent.Start(); err != nil {
		w.t.Fatal(err)
	}
}

// kill is kill -9.
func (w *world) kill() {
	if w.agent == nil {
		return
	}
	_ = w.agent.Process.Signal(syscall.SIGKILL)
	_ = w.agent.Wait()
	w.agent = nil
}

// restart kills the agent and starts it again.
func (w *world) restart() {
	w.t.Helper()
	w.kill()
	w.start()
}

// pack builds a signed package that installs a file of the size and runs a
// script, which waits while the file "hold" is in the root.
func (w *world) pack(name string, size int, change func(*sup.Manifest)) []byte {
	return w.packBy(w.key, name, size, change)
}

func (w *world) packBy(key ed25519.PrivateKey, name string, size int, change func(*sup.Manifest)) []byte {
	w.t.Helper()
	content := make([]byte, size)
	random := rand.NewChaCha8([32]byte{byte(size)})
	_, _ = random.Read(content)
	m := sup.Manifest{
		Name: name, Version: "4.0.2", ReleaseCounter: 1, Compatibility: compat.Requirement{Models: []string{"iStation"}},
		Actions: []sup.Action{
			{Type: "script.run", Params: []byte(`{"source":"begin.sh"}`), OnFailure: sup.Rollback},
			{Type: "file.install", Params: []byte(`{"source":"big","path":"/opt/big"}`), OnFailure: sup.Rollback},
		},
	}
	if change != nil {
		change(&m)
	}
	const script = "#!/bin/sh\necho begun >> \"$SLUICE_ROOT/begun\"\nwhile [ -e \"$SLUICE_ROOT/hold\" ]; do sleep 0.05; done\n"
	var out bytes.Buffer
	source := fstest.MapFS{"big": {Data: content}, "begin.sh": {Data: []byte(script)}}
	if err := sup.Build(&out, m, source, sup.NewSigner(key)); err != nil {
		w.t.Fatal(err)
	}
	return out.Bytes()
}

// send gives the package to the server and the message to the device.
func (w *world) send(id, name string, pack []byte) {
	w.t.Helper()
	w.peer.AddFile(name+".sup", pack)
	w.peer.Send(deviceKey, id, wire.MethodSupUpdate, update(name, pack))
}

func update(name string, pack []byte) wire.SupUpdate {
	sum := sha256.Sum256(pack)
	return wire.SupUpdate{Name: name, File: name + ".sup", Global: true, Version: "4.0.2",
		SHA256: hex.EncodeToString(sum[:]), Size: int64(len(pack)), Execution: "1"}
}

// result waits for the final report and returns it.
func (w *world) result(id string) (wire.MailboxAck, wire.SupResult) {
	w.t.Helper()
	w.peer.Until("the final report of "+id, func(p *agenttest.Peer) bool { return len(p.Acks(id)) > 0 })
	ack := w.peer.Acks(id)[0]
	var result wire.SupResult
	if err := wire.Decode(ack.Params, &result); err != nil {
		w.t.Fatal(err)
	}
	return ack, result
}

// succeeds waits for a good final report and checks what is on the device.
func (w *world) succeeds(id string) {
	w.t.Helper()
	ack, result := w.result(id)
	if ack.ErrorCode != 0 || result.Result != "succeeded" {
		w.t.Fatalf("the report is %d %q %s", ack.ErrorCode, ack.ErrorMessage, result.Result)
	}
	if _, err := os.Stat(filepath.Join(w.root, "opt/big")); err != nil {
		w.t.Errorf("the package is not installed: %v", err)
	}
}

// reportedOnce checks that every final report carried the same answer, and that
// the next update, which follows all of them in order, works.
func (w *world) reportedOnce(id string) {
	w.t.Helper()
	pack := w.pack("next-"+id, 100, nil)
	w.send("next-"+id, "next-"+id, pack)
	w.succeeds("next-" + id)
	acks := w.peer.Acks(id)
	for _, ack := range acks {
		if string(ack.Params) != string(acks[0].Params) || ack.ErrorCode != acks[0].ErrorCode {
			w.t.Errorf("two reports differ: %s and %s", acks[0].Params, ack.Params)
		}
	}
}

// untilFile waits until a file below the root is there.
func (w *world) untilFile(name string) {
	w.t.Helper()
	w.poll(func() bool {
		_, err := os.Stat(filepath.Join(w.root, name))
		return err == nil
	})
}

// poll looks every few milliseconds: what it waits for is done by a process
// that tells nobody.
func (w *world) poll(condition func() bool) {
	w.t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for range 6000 {
		if condition() {
			return
		}
		<-ticker.C
	}
	w.t.Fatal("waited in vain")
}

// killInstaller kills the installer that works on a job.
func (w *world) killInstaller(id string) {
	w.t.Helper()
	if w.killInstallers(id) == 0 {
		w.t.Fatal("there is no installer at work")
	}
	dir := filepath.Join(w.layout.Jobs(), id)
	w.poll(func() bool { return !job.Running(dir) })
}

// killInstallers kills what installs a job, found by its command line.
func (w *world) killInstallers(id string) (killed int) {
	w.t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		w.t.Fatal(err)
	}
	for _, path := range lines {
		argv, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(argv, []byte("install\x00--job\x00"+filepath.Join(w.layout.Jobs(), id)+"\x00")) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil && syscall.Kill(pid, syscall.SIGKILL) == nil {
			killed++
		}
	}
	return killed
}

func (w *world) hold() {
	w.t.Helper()
	if err := os.WriteFile(filepath.Join(w.root, "hold"), nil, 0o600); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) release() {
	w.t.Helper()
	if err := os.Remove(filepath.Join(w.root, "hold")); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) begun() int {
	data, err := os.ReadFile(filepath.Join(w.root, "begun"))
	if err != nil {
		return 0
	}
	return strings.Count(string(data), "\n")
}
