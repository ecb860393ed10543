package agent_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sluicehq/sluice/agent"
	"github.com/sluicehq/sluice/sup"
)

// memoryFolder is an empty folder that is lost with a reboot.
func memoryFolder(t *testing.T) string {
	t.Helper()
	const shared = "/dev/shm"
	var s unix.Statfs_t
	if err := unix.Statfs(shared, &s); err != nil || s.Type != unix.TMPFS_MAGIC {
		t.Skipf("%s is no tmpfs on this machine (%v)", shared, err)
	}
	dir, err := os.MkdirTemp(shared, "sluice-agent")
	if err != nil {
		t.Skipf("no folder can be made in memory: %v", err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func TestADeviceIsNotEnrolledInMemoryUnlessThatIsWanted(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	dir := memoryFolder(t)
	data := filepath.Join(dir, "var", "data")
	args := []string{"enrol", "--server", keyServer(t, key), "--token", "token", "--key", "gw-1", "--fingerprint", sup.Fingerprint(key), "--data", data}
	out, err := agentRun(t, args...)
	if err == nil || !strings.Contains(out, "is in memory") || !strings.Contains(out, "allow it with --in-memory") {
		t.Errorf("%v: %s", err, out)
	}
	if _, err := os.Stat(data); err == nil {
		t.Error("a data folder was made")
	}
	for _, more := range [][]string{{"--in-memory"}, {"--root", dir}} {
		out, err := agentRun(t, append(args, more...)...)
		if err != nil || !strings.Contains(out, "enrolled: ") || !strings.Contains(out, "warning: the data folder "+data+" is in memory") {
			t.Errorf("%q: %v: %s", more, err, out)
		}
	}
}

func TestTheAgentWarnsThatItRunsInMemory(t *testing.T) {
	dir := memoryFolder(t)
	w := newWorld(t)
	w.layout = agent.Layout(filepath.Join(dir, "data"))
	w.save()
	w.start()
	w.poll(func() bool { return strings.Contains(w.log.String(), "is in memory") })
}
