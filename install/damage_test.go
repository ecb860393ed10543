package install

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

func TestADamagedJournalEndsItsJobAndNotTheDevice(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.write("etc/one", "old", 0o644)
	dir := d.add(manifest(1, act("runtime.stop", `{}`), one, act("script.run", `{"source":"kill"}`, sup.Rollback)), files{"m": "m", "kill": "kill -9 $PPID"})
	if killed, _, stderr := d.process(dir, 0); !killed {
		t.Fatalf("not killed: %s", stderr)
	}
	d.untilFree(dir)
	data, err := os.ReadFile(job.JournalPath(dir))
	check(t, err)
	data[12] ^= 1
	check(t, os.WriteFile(job.JournalPath(dir), data, 0o600))
	for range 2 {
		got := d.run(dir)
		want := "it is damaged at byte 0; what the package has changed is not known; the journal and the backups are kept in " + dir
		if got.Result != job.Inconsistent || !strings.Contains(got.Reason, want) || got.Package != "app" || got.FinishedAt.IsZero() {
			t.Errorf("%s (%s), %+v", got.Result, got.Reason, got)
		}
	}
	if backup, err := os.ReadFile(filepath.Join(job.UndoPath(dir), "2/0")); err != nil || string(backup) != "old" {
		t.Errorf("the backup: %q, %v", backup, err)
	}
	if log := d.serviceLog(); !strings.Contains(log, ", start sluice-agent") {
		t.Errorf("the runtime does not run: %s", log)
	}
	if got := d.run(d.add(manifest(2, one), files{"m": "next"})); got.Result != job.Succeeded {
		t.Errorf("next: %s (%s)", got.Result, got.Reason)
	}
}

// The manifest was accepted by a newer installer than the one that goes on.
func TestAnActionThatIsNotKnownFailsAndIsUndoneLikeAnother(t *testing.T) {
	t.Parallel()
	for _, on := range []sup.OnFailure{sup.Stop, sup.Rollback} {
		d := newDevice(t)
		dir := d.add(manifest(1, one), files{"m": "m"})
		m := manifest(1, one, act("file.paint", `{}`, on))
		data, err := json.Marshal(m)
		check(t, err)
		check(t, os.WriteFile(filepath.Join(dir, "manifest.json"), data, 0o600))
		j, err := openJournal(dir, func(string) {})
		check(t, err)
		check(t, j.append(entry{Event: evStart}))
		check(t, j.append(entry{Event: evAccept, Manifest: hash(data)}))
		for _, event := range []event{evIntend, evSucceed} {
			check(t, j.append(entry{Event: event, Action: 1}))
		}
		j.log.close()
		got := d.run(dir)
		want := map[sup.OnFailure]job.Result{sup.Stop: job.Failed, sup.Rollback: job.Inconsistent}[on]
		if got.Result != want || !strings.Contains(got.Reason, "this installer knows no file.paint; install a newer one") {
			t.Errorf("%s: %s (%s)", on, got.Result, got.Reason)
		}
	}
}
