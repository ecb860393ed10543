package agent_test

import (
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/sluicehq/sluice/agent/agenttest"
	"github.com/sluicehq/sluice/install/job"
)

// cutApplication applies a package from a file, kills command and installer in
// its middle as a power cut does, and returns the job folder.
func (w *world) cutApplication(pack []byte) string {
	w.t.Helper()
	w.hold()
	apply := exec.Command(program, "apply", "--data", string(w.layout), w.file(pack))
	if err := apply.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.untilFile("begun")
	_ = apply.Process.Signal(syscall.SIGKILL)
	_ = apply.Wait()
	folders, err := filepath.Glob(filepath.Join(w.layout.Jobs(), "local-*"))
	if err != nil || len(folders) != 1 {
		w.t.Fatalf("the folders of local jobs are %q (%v)", folders, err)
	}
	w.killInstaller(filepath.Base(folders[0]))
	w.release()
	return folders[0]
}

func TestALocalApplicationThatWasCutComesToItsEndBeforeAnEarlierUpdate(t *testing.T) {
	w := newWorld(t)
	reached, resume := half(w)
	w.start()
	w.send("m1", "lorafwd", w.pack("lorafwd", 100_000, nil))
	<-reached
	w.kill()
	dir := w.cutApplication(w.pack("by-hand", 1000, nil))
	close(resume)
	w.start()
	w.succeeds("m1")
	if !job.Finished(dir) {
		t.Error("the local job is not finished")
	}
	w.peer.Until("the lines of the local job", func(p *agenttest.Peer) bool {
		return slices.Contains(p.Logs(), "sup by-hand 4.0.2: succeeded")
	})
	w.reportedOnce("m1")
}

func TestALocalApplicationThatWasCutComesToItsEndBeforeTheNextOne(t *testing.T) {
	w := newWorld(t)
	dir := w.cutApplication(w.pack("by-hand", 1000, nil))
	if out, err := agentRun(t, "apply", "--data", string(w.layout), w.file(w.pack("next", 1000, nil))); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if !job.Finished(dir) {
		t.Error("the first job is not finished")
	}
}
