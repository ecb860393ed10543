package agent_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/sluicehq/sluice/agent/agenttest"
	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

// updates is how many updates run through the kills at random, and killWithin
// the time between two kills.
const (
	updates    = 4
	killWithin = 150 * time.Millisecond
)

func TestKillsAtRandomLeaveOneReportAndACompleteInstallation(t *testing.T) {
	w := newWorld(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	w.start()
	kills := 0
	for n := range updates {
		id := fmt.Sprintf("m%d", n)
		w.send(id, "package-"+id, w.pack("package-"+id, 2_000_000, nil))
		for len(w.peer.Acks(id)) == 0 {
			timer := time.NewTimer(time.Duration(random.Int64N(int64(killWithin))) + time.Millisecond<<min(kills, 8))
			<-timer.C
			if kills++; random.IntN(2) == 0 && job.Running(filepath.Join(w.layout.Jobs(), id)) {
				w.killInstallers(id)
			} else {
				w.restart()
			}
			if kills > 200 {
				t.Fatal("no end after 200 kills")
			}
		}
		w.succeeds(id)
		want := int64(2_000_000)
		if info, err := os.Stat(filepath.Join(w.root, "opt/big")); err != nil || info.Size() != want {
			t.Errorf("%s: the file is not complete: %v", id, err)
		}
	}
	for n := range updates {
		w.reportedOnce(fmt.Sprintf("m%d", n))
	}
	t.Logf("%d kills", kills)
}

func TestTheInstallationGoesOnAfterAReboot(t *testing.T) {
	w := newWorld(t)
	boot := filepath.Join(w.root, "boot_id")
	if err := os.WriteFile(boot, []byte("first\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.config.Installer.BootIDPath = boot
	w.config.Installer.RebootCommand = []string{"/bin/sh", "-c", "echo second > " + boot}
	w.save()
	w.start()
	w.send("m1", "lorafwd", w.pack("lorafwd", 1000, func(m *sup.Manifest) {
		m.Actions = append([]sup.Action{{Type: "reboot"}}, m.Actions...)
	}))
	w.succeeds("m1")
	w.peer.Until("one report", func(p *agenttest.Peer) bool { return len(p.Acks("m1")) == 1 })
	w.reportedOnce("m1")
}
