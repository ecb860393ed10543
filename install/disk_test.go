package install

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

// mount makes a small file system in memory.
func mount(t *testing.T, dir, options string) {
	t.Helper()
	if os.Getuid() != 0 {
		needed(t, "mounting a tmpfs needs root")
	}
	check(t, os.MkdirAll(dir, 0o755))
	if err := syscall.Mount("sluice-test", dir, "tmpfs", 0, options); err != nil {
		needed(t, fmt.Sprintf("cannot mount a tmpfs: %v", err))
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
}

func TestADiskThatIsFullLeavesTheOldStateAndTheNextPackageWorks(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", 700<<10)
	small := strings.Repeat("y", 300<<10)
	for _, c := range []struct {
		name, full string // which folder is the small disk
		fill       int
		m          sup.Manifest
	}{
		{"while unpacking", "state", 0, manifest(1, act("file.install", `{"source":"big","path":"/etc/a"}`), act("file.install", `{"source":"small","path":"/etc/b"}`))},
		{"while installing", "root", 0, manifest(1, act("file.install", `{"source":"small","path":"/etc/a"}`, sup.Rollback), act("file.install", `{"source":"big","path":"/etc/b"}`, sup.Rollback), act("file.install", `{"source":"small","path":"/etc/c"}`, sup.Rollback))},
		{"while extracting", "root", 0, manifest(1, act("archive.extract", `{"source":"t.tar","path":"/etc"}`))},
		{"while backing up", "jobs", 0, manifest(1, act("file.install", `{"source":"small","path":"/etc/large","mode":"0600"}`, sup.Rollback))},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDevice(t)
			disk := map[string]string{"state": d.state, "root": d.root, "jobs": filepath.Join(d.base, "job-1")}[c.full]
			mount(t, disk, "size=1m")
			d.write("etc/keep", "old", 0o640)
			if c.full == "jobs" {
				d.write("etc/large", big+big, 0o644)
			}
			old := d.snapshot()
			dir := d.add(c.m, files{"big": big, "small": small, "t.tar": tarOf(t, "a", small, "b", small, "c", big)})
			got := d.run(dir)
			if (got.Result != job.Failed && got.Result != job.RolledBack) || !strings.Contains(got.Reason, "no space left") {
				t.Errorf("%s (%s)", got.Result, got.Reason)
			}
			sameTree(t, "tree", d.snapshot(), old)
			d.clean(dir)
			if got := d.run(d.add(manifest(1, one), files{"m": "m"})); got.Result != job.Succeeded {
				t.Errorf("next: %s (%s)", got.Result, got.Reason)
			}
		})
	}
}

// A full disk under the journal itself: the room kept for it is used, and the
// job still comes to an end that is written down.
func TestAFullDiskUnderTheJournalStillEndsTheJob(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	mount(t, filepath.Join(d.base, "job-1"), "size=1m")
	fill := `cat /dev/zero > "` + d.base + `/job-1/filler" 2>/dev/null; true`
	actions := []sup.Action{one, act("script.run", `{"source":"fill","undo":"nothing"}`, sup.Continue)}
	for range 40 { // enough lines to need another page of the disk
		actions = append(actions, act("check.command", `{"argv":["true"]}`, sup.Rollback))
	}
	dir := d.add(manifest(1, actions...), files{"m": "m", "fill": fill, "nothing": "true"})
	old := d.snapshot()
	got := d.run(dir)
	check(t, os.Remove(filepath.Join(dir, "filler")))
	sameTree(t, "tree", d.snapshot(), old)
	if got.Result != job.RolledBack || !strings.Contains(got.Reason, "the disk is full: there is no room for the journal") {
		t.Errorf("%s (%s)", got.Result, got.Reason)
	}
}

func TestADiskThatIsFullAtTheVeryStartIsTheReason(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	mount(t, filepath.Join(d.base, "job-1"), "size=100k")
	old := d.snapshot()
	dir := d.add(manifest(1, one), files{"m": "m"})
	if got := d.run(dir); got.Result != job.Failed || !strings.Contains(got.Reason, "cannot keep room for the journal") {
		t.Errorf("%s (%s)", got.Result, got.Reason)
	}
	sameTree(t, "tree", d.snapshot(), old)
	d.clean(dir)
}

func TestAReadOnlyTargetFailsWithTheReason(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	mount(t, filepath.Join(d.root, "ro"), "size=1m")
	check(t, os.WriteFile(filepath.Join(d.root, "ro/file"), []byte("old"), 0o644))
	check(t, syscall.Mount("", filepath.Join(d.root, "ro"), "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
	old := d.snapshot()
	got := d.run(d.add(manifest(1, one, act("file.install", `{"source":"m","path":"/ro/file"}`, sup.Rollback)), files{"m": "m"}))
	if got.Result != job.RolledBack || !strings.Contains(got.Reason, "read-only file system") {
		t.Errorf("%s (%s)", got.Result, got.Reason)
	}
	sameTree(t, "tree", d.snapshot(), old)
}
