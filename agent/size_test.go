package agent_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/agent/agenttest"
	"github.com/sluicehq/sluice/device/tr50/wire"
)

// The bounds of issue 2, in bytes.
const (
	maxProgram  = 12 << 20
	maxResident = 20 << 20
)

func TestTheAgentIsSmall(t *testing.T) {
	w := newWorld(t)
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	w.start()
	w.peer.Until("telemetry", func(p *agenttest.Peer) bool { return len(p.Heard(wire.CommandPropertyBatch)) > 0 })
	idle := w.resident()
	w.send("m1", "lorafwd", w.pack("lorafwd", 20<<20, nil))
	w.succeeds("m1")
	after, peak := w.resident(), w.status("VmHWM:")
	t.Logf("program %.1f MiB; resident %.1f MiB idle, %.1f MiB after an update of 20 MiB, %.1f MiB at most",
		mib(info.Size()), mib(idle), mib(after), mib(peak))
	if info.Size() > maxProgram {
		t.Errorf("the program has %d bytes, more than %d", info.Size(), maxProgram)
	}
	if peak > maxResident {
		t.Errorf("%d bytes were resident, more than %d", peak, maxResident)
	}
}

func mib(n int64) float64 { return float64(n) / (1 << 20) }

func (w *world) resident() int64 { return w.status("VmRSS:") }

// status reads a size of /proc/PID/status in bytes.
func (w *world) status(key string) int64 {
	w.t.Helper()
	data, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(w.agent.Process.Pid), "status"))
	if err != nil {
		w.t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(data), key)
	var kib int64
	if _, err := fmt.Sscan(after, &kib); err != nil {
		w.t.Fatal(err)
	}
	return kib << 10
}

func TestTheAgentBuildsForEveryArchitecture(t *testing.T) {
	t.Parallel()
	for _, arch := range []string{"amd64", "arm64", "arm"} {
		path := filepath.Join(t.TempDir(), "sluice-agent-"+arch)
		build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "github.com/sluicehq/sluice/cmd/sluice-agent")
		build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch, "GOARM=7")
		if out, err := build.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", arch, err, out)
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %.1f MiB", arch, mib(info.Size()))
		if info.Size() > maxProgram {
			t.Errorf("%s: the program has %d bytes", arch, info.Size())
		}
	}
}
