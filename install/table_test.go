package install

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/install/job"
)

func TestTheTablesAreWholeAndLeadToAnEnd(t *testing.T) {
	t.Parallel()
	seen := map[stepState]bool{stepPlanned: true}
	type key struct {
		from stepState
		on   event
	}
	unique := map[key]bool{}
	for _, row := range stepTable {
		seen[row.to] = true
		if k := (key{row.from, row.on}); unique[k] {
			t.Errorf("%s on %s is there twice", row.from, row.on)
		} else {
			unique[k] = true
		}
	}
	for state := range seen {
		if _, known := recoveryTable[state]; !known {
			t.Errorf("no recovery for %q", state)
		}
	}
	if len(seen) != len(recoveryTable) {
		t.Errorf("%d states are reached, %d have a recovery", len(seen), len(recoveryTable))
	}
	for state, r := range recoveryTable {
		for _, loop := range []struct {
			in   runState
			does recovery
		}{{runRunning, r.forward}, {runRollingBack, r.back}} {
			moves := 0
			for _, row := range stepTable {
				if row.from == state && row.in == loop.in {
					moves++
				}
			}
			active := loop.does == doIt || loop.does == awaitBoot || loop.does == undoIt
			if active != (moves > 0) {
				t.Errorf("%q while %s: recovery is %s, and there are %d moves", state, loop.in, loop.does, moves)
			}
		}
	}
	for _, row := range runTable {
		if row.from == runFinished {
			t.Errorf("finished is not final: %s", row.on)
		}
	}
}

func TestATornLastLineIsDroppedAndDamageElsewhereIsNot(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	quiet := func(string) {}
	lines := func() (n int, err error) {
		l, err := openLineLog(path, quiet, func([]byte) error { n++; return nil })
		if err == nil {
			l.close()
		}
		return n, err
	}
	l, err := openLineLog(path, quiet, nil)
	check(t, err)
	for i := range 3 {
		check(t, l.append(map[string]int{"n": i}))
	}
	l.close()
	whole, err := os.ReadFile(path)
	check(t, err)
	third := len(whole) * 2 / 3
	for cut := third + 1; cut < len(whole); cut++ {
		check(t, os.WriteFile(path, whole[:cut], 0o600))
		if n, err := lines(); n != 2 || err != nil {
			t.Errorf("cut at %d: %d lines, %v", cut, n, err)
		}
		if info, _ := os.Stat(path); info.Size() != int64(third) {
			t.Errorf("cut at %d: the torn line is still there", cut)
		}
	}
	bad := []byte(string(whole))
	bad[12] ^= 1
	check(t, os.WriteFile(path, bad, 0o600))
	if _, err := lines(); err == nil || !strings.Contains(err.Error(), "damaged at byte 0") {
		t.Errorf("got %v", err)
	}
}

func TestTheInstallerReachesNoNetwork(t *testing.T) {
	t.Parallel()
	for _, cgo := range []string{"0", "1"} {
		cmd := exec.Command("go", "list", "-deps", ".")
		cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
		out, err := cmd.Output()
		check(t, err)
		for _, dep := range strings.Fields(string(out)) {
			if dep == "net" || strings.HasPrefix(dep, "net/http") || dep == "crypto/tls" || dep == "crypto/x509" {
				t.Errorf("CGO_ENABLED=%s: install reaches %s", cgo, dep)
			}
		}
	}
}

func TestADamagedBackupIsNotRestored(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.write("etc/one", "old", 0o644)
	spoil := `echo spoiled > "` + job.UndoPath(filepath.Join(d.base, "job-1")) + `/1/0"; exit 1`
	m := manifest(1, one, act("script.run", `{"source":"spoil","undo":"m"}`, "rollback"))
	got := d.run(d.add(m, files{"m": "", "spoil": spoil}))
	if got.Result != job.Inconsistent || !strings.Contains(got.Reason, "backup") || !strings.Contains(got.Reason, "damaged") {
		t.Errorf("%s (%s)", got.Result, got.Reason)
	}
}

func TestAMemberThatWasChangedAfterUnpackingIsNotInstalled(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	old := d.snapshot()
	m := manifest(1, act("script.run", `{"source":"spoil"}`, "continue"), act("file.install", `{"source":"m","path":"/etc/one"}`, "continue"), act("check.command", `{"argv":["true"]}`))
	got := d.run(d.add(m, files{"m": "good", "spoil": `echo evil > "$SLUICE_STAGING/m"`}))
	if got.Result != job.Failed || statuses(got) != "ok failed skipped" || !strings.Contains(got.Reason, "changed after it was unpacked") {
		t.Errorf("%s [%s] (%s)", got.Result, statuses(got), got.Reason)
	}
	sameTree(t, "tree", d.snapshot(), old)
}
