package agent_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/sluicehq/sluice/agent/agenttest"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/install/job"
)

// once returns true the first time only.
func once() func() bool {
	var done atomic.Bool
	return func() bool { return !done.Swap(true) }
}

// moment is when the agent sends a command for the nth time, before the
// command is dealt with (and lost) or after (only the answer is lost).
type moment struct {
	name    string
	command string
	nth     int
	dealt   bool
}

// killAt starts the agent, kills it at the moment and starts it again. What it
// is sent is sent in between.
func (w *world) killAt(at moment, send func()) {
	w.t.Helper()
	reached, resume := make(chan struct{}), make(chan struct{})
	var count atomic.Int32
	first := once()
	w.peer.Before(func(h agenttest.Heard) bool {
		if h.Command != at.command || count.Add(1) < int32(at.nth) || !first() {
			return true
		}
		close(reached)
		<-resume
		return at.dealt
	})
	w.start()
	send()
	<-reached
	w.kill()
	close(resume)
	w.start()
}

func TestAKilledAgentGoesOnWhereItWas(t *testing.T) {
	for _, at := range []moment{
		{"before the mailbox is checked", wire.CommandMailboxCheck, 1, false},
		{"after the mailbox was checked", wire.CommandMailboxCheck, 2, false},
		{"before the start of the transfer is taken", wire.CommandMailboxUpdate, 1, false},
		{"after the start of the transfer was taken", wire.CommandMailboxUpdate, 1, true},
		{"before the address of the file is given", wire.CommandFileGet, 1, false},
		{"after the address of the file was given", wire.CommandFileGet, 1, true},
		{"before the end of the transfer is taken", wire.CommandMailboxUpdate, 2, false},
		{"after the end of the transfer was taken", wire.CommandMailboxUpdate, 2, true},
		{"before the start of the installation is taken", wire.CommandMailboxUpdate, 3, false},
		{"after the start of the installation was taken", wire.CommandMailboxUpdate, 3, true},
		{"before the log is taken", wire.CommandLogPublish, 1, false},
		{"after the log was taken", wire.CommandLogPublish, 3, true},
		{"before the final report is taken", wire.CommandMailboxAck, 1, false},
		{"after the final report was taken", wire.CommandMailboxAck, 1, true},
	} {
		t.Run(at.name, func(t *testing.T) {
			w := newWorld(t)
			w.killAt(at, func() { w.send("m1", "lorafwd", w.pack("lorafwd", 100_000, nil)) })
			w.succeeds("m1")
			w.reportedOnce("m1")
		})
	}
}

func TestAKillInTheMiddleOfTheTransferResumesIt(t *testing.T) {
	w := newWorld(t)
	pack := w.pack("lorafwd", 300_000, nil)
	half, resume := make(chan struct{}), make(chan struct{})
	first := once()
	ranges := make(chan string, 8)
	w.peer.Serve(func(rw http.ResponseWriter, r *http.Request, content []byte) bool {
		if len(content) != len(pack) {
			return false
		}
		if !first() {
			ranges <- r.Header.Get("Range")
			return false
		}
		rw.Header().Set("Content-Length", strconv.Itoa(len(content)))
		_, _ = rw.Write(content[:len(content)/2])
		rw.(http.Flusher).Flush()
		close(half)
		<-resume
		return true
	})
	w.start()
	w.send("m1", "lorafwd", pack)
	<-half
	part := filepath.Join("..", "data", "jobs", "m1", "package.part")
	w.untilFile(part)
	w.untilSize(part, int64(len(pack)/2))
	w.kill()
	close(resume)
	w.start()
	w.succeeds("m1")
	if got, want := <-ranges, "bytes="+strconv.Itoa(len(pack)/2)+"-"; got != want {
		t.Errorf("the agent asked for %q, want %q", got, want)
	}
	w.reportedOnce("m1")
}

func TestTheInstallerOutlivesTheAgent(t *testing.T) {
	w := newWorld(t)
	w.hold()
	w.start()
	w.send("m1", "lorafwd", w.pack("lorafwd", 1000, nil))
	w.untilFile("begun")
	w.kill()
	w.release()
	w.untilFile("opt/big") // without any agent
	w.start()
	w.succeeds("m1")
	if n := w.begun(); n != 1 {
		t.Errorf("the package's script ran %d times", n)
	}
	w.reportedOnce("m1")
}

func TestAnAgentThatComesBackFindsTheInstallerAtWork(t *testing.T) {
	w := newWorld(t)
	w.hold()
	w.start()
	w.send("m1", "lorafwd", w.pack("lorafwd", 1000, nil))
	w.untilFile("begun")
	sessions := w.peer.Sessions()
	w.restart()
	w.peer.Until("the agent is back", func(p *agenttest.Peer) bool { return p.Sessions() > sessions })
	w.release()
	w.succeeds("m1")
	if n := w.begun(); n != 1 {
		t.Errorf("the package's script ran %d times", n)
	}
	w.reportedOnce("m1")
}

func TestAnInterruptedInstallationIsGoneOnWith(t *testing.T) {
	w := newWorld(t)
	w.hold()
	w.start()
	w.send("m1", "lorafwd", w.pack("lorafwd", 1000, nil))
	w.untilFile("begun")
	w.kill()
	w.killInstaller("m1")
	w.release()
	w.start()
	w.succeeds("m1")
	w.reportedOnce("m1")
}

func TestTheFinalReportWaitsForTheServer(t *testing.T) {
	w := newWorld(t)
	w.hold()
	w.start()
	w.send("m1", "lorafwd", w.pack("lorafwd", 1000, nil))
	w.untilFile("begun")
	w.peer.Stop()
	w.release()
	w.untilFile("opt/big")
	w.untilFile(filepath.Join("..", "data", "logs", "audit.log"))
	w.restart() // also across a restart of the agent
	w.peer.Start()
	w.succeeds("m1")
	w.reportedOnce("m1")
	if n := len(w.peer.Acks("m1")); n != 1 {
		t.Errorf("%d final reports, want 1", n)
	}
}

func (w *world) untilSize(name string, size int64) {
	w.t.Helper()
	w.poll(func() bool {
		info, err := os.Stat(filepath.Join(w.root, name))
		return err == nil && info.Size() >= size
	})
}

func TestAnOutcomeIsTakenWhenTheInstallerHasEnded(t *testing.T) {
	w := newWorld(t)
	w.hold()
	w.start()
	w.send("m1", "lorafwd", w.pack("lorafwd", 1000, nil))
	w.untilFile("begun")
	w.kill()
	dir := filepath.Join(w.layout.Jobs(), "m1")
	if err := job.WriteConfirmation(dir, w.layout.Logs(), job.Confirmation{JobID: "m1", Result: job.Failed}); err != nil {
		t.Fatal(err)
	}
	checks := len(w.peer.Heard(wire.CommandMailboxCheck))
	w.start()
	w.peer.Until("the agent is back and has looked after its job", func(p *agenttest.Peer) bool {
		return len(p.Heard(wire.CommandMailboxCheck)) > checks && len(p.Heard(wire.CommandPropertyBatch)) > 1
	})
	w.release()
	w.succeeds("m1")
}
