package bench

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

const mib = 1 << 20

// agent builds the agent as "make build" does, and runs it until its first
// telemetry has arrived.
func (t *table) agent(b *testing.B) {
	dir := b.TempDir()
	program, plain := filepath.Join(dir, "sluice-agent"), filepath.Join(dir, "plain")
	build(b, ".", program, "github.com/sluicehq/sluice/cmd/sluice-agent")
	write(b, filepath.Join(dir, "peer", "go.mod"), "module plain\n\ngo 1.26\n")
	write(b, filepath.Join(dir, "peer", "main.go"), plainProgram)
	build(b, filepath.Join(dir, "peer"), plain, ".")
	w := serve(b, "sqlite::memory:")

	t.add(b, row{what: "agent on disk, amd64", got: size(b, program), unit: "MiB", aim: 12, most: true,
		peers: []peer{{"a Go program that makes one request", size(b, plain)}}})
	t.add(b, row{what: "agent resident, after its first telemetry", got: w.runAgent(program, filepath.Join(dir, "agent")), unit: "MiB", aim: 20, most: true,
		peers: []peer{{"a Go program that made one request", w.runPlain(plain)}}})
}

func build(b *testing.B, dir, to, what string) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", to, what)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOARCH=amd64")
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
}

func write(b *testing.B, path, text string) {
	b.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o644)
	}
	if err != nil {
		b.Fatal(err)
	}
}

func size(b *testing.B, path string) float64 {
	b.Helper()
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	return float64(info.Size()) / mib
}

func (w *world) runAgent(program, dir string) float64 {
	w.Helper()
	const key = "gateway"
	token, _, err := w.server.Control.CreateToken(w.Context(), w.admin, control.NewToken{Kind: fleet.OneTime, DeviceKey: key})
	w.must(err)
	data := filepath.Join(dir, "data")
	out, err := exec.CommandContext(w.Context(), program, "enrol", "--server", w.server.URL(), "--mqtt", "mqtt://"+w.server.MQTTAddress(),
		"--token", token, "--key", key, "--fingerprint", w.server.Fingerprint(), "--root", filepath.Join(dir, "root"), "--data", data,
		"--model", "bench").CombinedOutput()
	if err != nil {
		w.Fatalf("%v: %s", err, out)
	}
	changes, stop := w.server.Control.Feed.Listen()
	defer stop()
	run := exec.CommandContext(w.Context(), program, "run", "--data", data)
	w.must(run.Start())
	defer end(run)
	late := time.After(time.Minute)
	for !w.reports(key) {
		select {
		case <-changes:
		case <-late:
			w.Fatal("no telemetry of the agent within a minute")
		}
	}
	return w.resident(run)
}

func (w *world) reports(key string) bool {
	d, err := w.server.Control.DeviceByKey(w.Context(), w.admin, key)
	if err != nil {
		return false
	}
	values, err := w.server.Control.Values(w.Context(), w.admin, d.ID, fleet.Property)
	return err == nil && len(values) > 0
}

func (w *world) runPlain(program string) float64 {
	w.Helper()
	run := exec.CommandContext(w.Context(), program, w.server.URL())
	out, err := run.StdoutPipe()
	w.must(err)
	w.must(run.Start())
	defer end(run)
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		w.Fatal(err)
	}
	return w.resident(run)
}

func end(run *exec.Cmd) {
	_ = run.Process.Kill()
	_ = run.Wait() // it was killed
}

// resident is the memory of a process in MiB.
func (w *world) resident(run *exec.Cmd) float64 {
	w.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", run.Process.Pid))
	w.must(err)
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	var kib float64
	_, err = fmt.Sscan(rest, &kib)
	w.must(err)
	return kib / 1024
}

// plainProgram is the least that an agent in Go would be.
const plainProgram = `package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	r, err := http.Get(os.Args[1])
	fmt.Println(err)
	if err == nil {
		defer r.Body.Close()
	}
	select {}
}
`
