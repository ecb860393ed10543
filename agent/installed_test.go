package agent_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/sluicehq/sluice/install/job"
)

func TestWhatIsInstalledIsNotedByOneProcessAtATime(t *testing.T) {
	w := newWorld(t)
	folder, err := os.Open(string(w.layout))
	if err == nil {
		err = unix.Flock(int(folder.Fd()), unix.LOCK_EX)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	var out bytes.Buffer
	apply := exec.Command(program, "apply", "--data", string(w.layout), w.file(w.pack("ours", 10, nil)))
	apply.Stdout, apply.Stderr = &out, &out
	if err := apply.Start(); err != nil {
		t.Fatal(err)
	}
	// The package goes a moment before the note is made.
	w.poll(func() bool {
		folders, err := filepath.Glob(filepath.Join(w.layout.Jobs(), "local-*"))
		return err == nil && len(folders) == 1 && job.Finished(folders[0]) && w.fileCount("local-*/package.sup") == 0
	})
	installed := filepath.Join(string(w.layout), "installed.json")
	if err := os.WriteFile(installed, []byte(`{"theirs":"1"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(unix.Flock(int(folder.Fd()), unix.LOCK_UN), apply.Wait()); err != nil {
		t.Fatalf("%v: %s", err, out.String())
	}
	text, err := os.ReadFile(installed)
	if err != nil || !strings.Contains(string(text), "theirs") || !strings.Contains(string(text), "ours") {
		t.Errorf("what is installed is %s (%v)", text, err)
	}
}
