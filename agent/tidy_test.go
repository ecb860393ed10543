package agent_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sluicehq/sluice/agent/agenttest"
)

// fileCount counts what a pattern finds below the job folders.
func (w *world) fileCount(pattern string) int {
	w.t.Helper()
	found, err := filepath.Glob(filepath.Join(w.layout.Jobs(), pattern))
	if err != nil {
		w.t.Fatal(err)
	}
	return len(found)
}

func TestFoldersThatWereLeftBeforeTheirTaskAreRemovedAtTheStart(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"local-killed/package.part", "local-later/package.sup", "local-later/job.json", "m1/.task.json.tmp"} {
		full := filepath.Join(w.layout.Jobs(), path)
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.start()
	w.peer.Until("the agent is there", func(p *agenttest.Peer) bool { return p.Sessions() > 0 })
	if n := w.fileCount("*"); n != 0 {
		t.Errorf("%d folders are left", n)
	}
}

func TestAPackageThatIsBeingAppliedIsNotTidiedAway(t *testing.T) {
	w := newWorld(t)
	pipe := filepath.Join(t.TempDir(), "slow.sup")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	apply := exec.Command(program, "apply", "--data", string(w.layout), pipe)
	apply.Stdout, apply.Stderr = &out, &out
	if err := apply.Start(); err != nil {
		t.Fatal(err)
	}
	to, err := os.OpenFile(pipe, os.O_WRONLY, 0) // returns when the package is being read
	if err != nil {
		t.Fatal(err)
	}
	w.start()
	w.peer.Until("the agent is there", func(p *agenttest.Peer) bool { return p.Sessions() > 0 })
	_, err = to.Write(w.pack("slow", 100, nil))
	if err = errors.Join(err, to.Close(), apply.Wait()); err != nil {
		t.Errorf("%v: %s", err, out.String())
	}
}

func TestAPackageGoesWhenItsOutcomeIsKnownWhetherTheServerIsThereOrNot(t *testing.T) {
	w := newWorld(t)
	w.hold()
	w.start()
	w.send("m1", "lorafwd", w.pack("lorafwd", 1000, nil))
	w.untilFile("begun")
	w.peer.Stop()
	w.release()
	w.poll(func() bool { return w.fileCount("m1/confirmation.json") == 1 && w.fileCount("m1/package.*") == 0 })
	if out, err := agentRun(t, "apply", "--data", string(w.layout), w.file(w.pack("by-hand", 1000, nil))); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if n := w.fileCount("local-*/package.*"); n != 0 {
		t.Errorf("%d packages of local applications are left", n)
	}
	w.peer.Start()
	w.succeeds("m1")
}

func TestApplicationsThatNoServerHearsOfAreBounded(t *testing.T) {
	w := newWorld(t)
	if out, err := agentRun(t, "apply", "--data", string(w.layout), w.file(w.pack("first", 100, nil))); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	first, err := filepath.Glob(filepath.Join(w.layout.Jobs(), "local-*"))
	if err != nil || len(first) != 1 {
		t.Fatalf("%q, %v", first, err)
	}
	for n := range 80 {
		copyTask(t, first[0], filepath.Join(w.layout.Jobs(), fmt.Sprintf("local-copy%02d", n)), n+2)
	}
	w.peer.Stop()
	w.start()
	w.poll(func() bool { return strings.Contains(w.log.String(), "not connected") })
	if out, err := agentRun(t, "apply", "--data", string(w.layout), w.file(w.pack("last", 100, nil))); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if n := w.fileCount("local-*"); n != 64 {
		t.Errorf("%d applications are kept, want 64", n)
	}
	if _, err := os.Stat(first[0]); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the oldest one is kept (%v)", err)
	}
	audit, err := os.ReadFile(filepath.Join(w.layout.Logs(), "audit.log"))
	if err != nil || !strings.Contains(string(audit), "local-copy05 sup first 4.0.2: succeeded") {
		t.Errorf("the audit log lacks what was removed (%v): %s", err, audit)
	}
	// The agent, which had them all in its queue, goes on with what is left.
	w.peer.Start()
	w.send("m1", "lorafwd", w.pack("lorafwd", 100, nil))
	w.succeeds("m1")
}

// copyTask makes another local application of the same end.
func copyTask(t *testing.T, from, to string, sequence int) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(to, "task.json")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var task map[string]any
	if err := json.Unmarshal(text, &task); err != nil {
		t.Fatal(err)
	}
	task["id"], task["sequence"] = filepath.Base(to), sequence
	if text, err = json.Marshal(task); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
