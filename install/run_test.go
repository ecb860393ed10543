package install

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

var one = act("file.install", `{"source":"m","path":"/etc/one"}`)

func statuses(c job.Confirmation) string {
	var all []string
	for _, a := range c.Actions {
		all = append(all, string(a.Status))
	}
	return strings.Join(all, " ")
}

func TestOnFailureDecidesWhatAFailureMeans(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		on       sup.OnFailure
		result   job.Result
		statuses string
		reason   string
		one, two bool
	}{
		{"", job.Failed, "ok failed skipped", "action 2 (check.command) failed: false ended with exit code 1", true, false},
		{sup.Stop, job.Failed, "ok failed skipped", "action 2 (check.command) failed: false ended with exit code 1", true, false},
		{sup.Continue, job.Succeeded, "ok failed ok", "action 2 (check.command) failed: false ended with exit code 1; the package says to go on", true, true},
		{sup.Rollback, job.RolledBack, "undone failed skipped", "action 2 (check.command) failed: false ended with exit code 1; everything was rolled back", false, false},
	} {
		t.Run(string("on failure "+c.on), func(t *testing.T) {
			t.Parallel()
			d := newDevice(t)
			got := d.run(d.add(manifest(1, one, act("check.command", `{"argv":["false"]}`, c.on), act("file.install", `{"source":"m","path":"/etc/two"}`)), files{"m": "m"}))
			if got.Result != c.result || statuses(got) != c.statuses || got.Reason != c.reason {
				t.Errorf("got %s [%s] %q", got.Result, statuses(got), got.Reason)
			}
			if exists(filepath.Join(d.root, "etc/one")) != c.one || exists(filepath.Join(d.root, "etc/two")) != c.two {
				t.Errorf("tree: %v", d.snapshot())
			}
		})
	}
}

func TestWhatHasNoUndoIsLoudlyInconsistent(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	got := d.run(d.add(manifest(1, one, act("command.run", `{"argv":["true"]}`), act("check.command", `{"argv":["false"]}`, sup.Rollback)), files{"m": "m"}))
	if got.Result != job.Inconsistent || statuses(got) != "undone ok failed" || !strings.Contains(got.Reason, "action 2 (command.run) is not undone: there is no undo") {
		t.Errorf("got %s [%s] %q", got.Result, statuses(got), got.Reason)
	}
	d = newDevice(t)
	got = d.run(d.add(manifest(1, one, act("script.run", `{"source":"m","undo":"bad"}`), act("check.command", `{"argv":["false"]}`, sup.Rollback)), files{"m": "true", "bad": "exit 9"}))
	if got.Result != job.Inconsistent || statuses(got) != "undone undo_failed failed" || !strings.Contains(got.Reason, "exit code 9") {
		t.Errorf("got %s [%s] %q", got.Result, statuses(got), got.Reason)
	}
	if exists(filepath.Join(d.root, "etc/one")) {
		t.Error("a failed undo kept the others from being undone")
	}
}

func TestAFailureHalfWayWithoutAnUndoNamesWhatMayHaveStayed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		failed sup.Action
		result job.Result
	}{
		{"a command", act("command.run", `{"argv":["false"]}`, sup.Rollback), job.Inconsistent},
		{"a command that cannot be started", act("command.run", `{"argv":["no-such-program"]}`, sup.Rollback), job.RolledBack},
		{"a script", act("script.run", `{"source":"bad"}`, sup.Rollback), job.Inconsistent},
		{"a script with an undo", act("script.run", `{"source":"bad","undo":"m"}`, sup.Rollback), job.RolledBack},
		{"a firmware", act("firmware.update", `{"source":"bad"}`, sup.Rollback), job.Inconsistent},
		{"a package manager that is not there", act("package.remove", `{"name":"x","manager":"opkg"}`, sup.Rollback), job.RolledBack},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDevice(t)
			d.configuration.FirmwareInstallers = map[string][]string{"command": {"false"}}
			got := d.run(d.add(manifest(1, one, c.failed), files{"m": "true", "bad": "exit 1"}))
			named := strings.Contains(got.Reason, "action 2 ("+c.failed.Type+") may have left a part of its work: there is no undo")
			if got.Result != c.result || named != (c.result == job.Inconsistent) || strings.Contains(got.Reason, "everything was rolled back") == named {
				t.Errorf("got %s [%s] %q", got.Result, statuses(got), got.Reason)
			}
		})
	}
}

func TestAPackageIsRefusedWithTheReasonAndNothingIsTouched(t *testing.T) {
	t.Parallel()
	wrongModel := manifest(5, one)
	wrongModel.Compatibility.Models = []string{"iFemtoCell"}
	for _, c := range []struct {
		name   string
		m      sup.Manifest
		spoil  func(path string)
		want   string
		result job.Result
	}{
		{"wrong model", wrongModel, nil, "model is iStation, the release is for iFemtoCell", job.Refused},
		{"downgrade", manifest(3, one), nil, "release counter of app is 3, lower than the installed 4: a downgrade is not allowed", job.Refused},
		{"flipped byte in a member", manifest(5, one), func(path string) { flip(t, path, "MEMBER") }, "member m", job.Refused},
		{"flipped byte in the manifest", manifest(5, one), func(path string) { flip(t, path, "payload") }, "", job.Refused},
		{"not there", manifest(5, one), func(path string) { os.Remove(path) }, "cannot open the package", job.Failed},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDevice(t)
			if got := d.run(d.add(manifest(4, one), files{"m": "1"})); got.Result != job.Succeeded {
				t.Fatalf("first: %s", got.Reason)
			}
			old := d.snapshot()
			dir := d.add(c.m, files{"m": "MEMBER"})
			if c.spoil != nil {
				j, err := job.Open(dir)
				check(t, err)
				c.spoil(j.PackagePath)
			}
			got := d.run(dir)
			if got.Result != c.result || !strings.Contains(got.Reason, c.want) {
				t.Errorf("got %s (%s), want %q", got.Result, got.Reason, c.want)
			}
			sameTree(t, "tree", d.snapshot(), old)
			d.clean(dir)
			if got := d.run(d.add(manifest(4, one), files{"m": "1"})); got.Result != job.Succeeded || got.Actions[0].Changed {
				t.Errorf("the installed release once more: %s, changed %v", got.Result, got.Actions[0].Changed)
			}
		})
	}
}

func flip(t *testing.T, path, text string) {
	data, err := os.ReadFile(path)
	check(t, err)
	at := strings.LastIndex(string(data), text)
	data[at] ^= 1
	check(t, os.WriteFile(path, data, 0o600))
}

func TestAStrangersKeyIsRefused(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	dir := d.add(manifest(1, one), files{"m": "m"})
	j, err := job.Open(dir)
	check(t, err)
	stranger, err := sup.GenerateKey()
	check(t, err)
	j.TrustKeys = []string{base64.StdEncoding.EncodeToString(stranger.Public().(ed25519.PublicKey))}
	other := filepath.Join(d.base, "other")
	check(t, job.Create(other, j))
	if got := d.run(other); got.Result != job.Refused || len(d.snapshot()) != 4 {
		t.Errorf("got %s (%s), tree %v", got.Result, got.Reason, d.snapshot())
	}
}

func TestAClockThatJumpsChangesNothing(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	years := []int{2026, 1970, 2038, 2100, 1999}
	calls := 0
	d.now = func() time.Time {
		calls++
		return time.Date(years[calls%len(years)], 1, 1, 0, 0, 0, 0, time.UTC)
	}
	m := manifest(1, one, act("command.run", `{"argv":["true"]}`), act("check.command", `{"argv":["true"]}`))
	m.TimeoutSeconds = 60
	got := d.run(d.add(m, files{"m": "m"}))
	if got.Result != job.Succeeded {
		t.Errorf("%s (%s)", got.Result, got.Reason)
	}
	for _, a := range got.Actions {
		if a.DurationMS < 0 || a.DurationMS > 30_000 {
			t.Errorf("action %d took %d ms", a.Index, a.DurationMS)
		}
	}
}

func TestTheRestRunsAfterTheReboot(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	boot, rebooted := d.configuration.BootIDPath, filepath.Join(d.base, "rebooted")
	d.configuration.RebootCommand = []string{"sh", "-c", "echo x >> " + rebooted}
	dir := d.add(manifest(1, one, act("reboot", `{}`), act("file.install", `{"source":"m","path":"/etc/two"}`)), files{"m": "m"})
	for range 2 { // the second start finds the same boot id and asks again
		if _, code, _ := d.process(dir, 0); code != exitCodes[ErrRebooting] {
			t.Fatalf("exit code %d", code)
		}
	}
	if job.Finished(dir) || exists(filepath.Join(d.root, "etc/two")) {
		t.Fatal("went on without the reboot")
	}
	check(t, os.WriteFile(boot, []byte("boot-2\n"), 0o644))
	got := d.run(dir)
	data, _ := os.ReadFile(rebooted)
	if got.Result != job.Succeeded || statuses(got) != "ok ok ok" || string(data) != "x\nx\n" {
		t.Errorf("got %s [%s] (%s), rebooted %q", got.Result, statuses(got), got.Reason, data)
	}
}

func TestAnEndlessLoopOfInterruptionsIsBroken(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	marks := filepath.Join(d.base, "marks")
	dir := d.add(manifest(1, one, act("script.run", `{"source":"kill.sh"}`, sup.Rollback)), files{"m": "m", "kill.sh": "echo x >> " + marks + "; kill -9 $PPID"})
	old := d.snapshot()
	killed := 0
	for ; ; killed++ {
		if was, _, _ := d.process(dir, 0); !was {
			break
		}
		if killed > 20 {
			t.Fatal("the loop goes on")
		}
	}
	got := d.run(dir)
	data, _ := os.ReadFile(marks)
	if got.Result != job.Inconsistent || !strings.Contains(got.Reason, "the installer was interrupted 8 times in action 2") || len(data) != 16 {
		t.Errorf("killed %d times, marks %q: %s (%s)", killed, data, got.Result, got.Reason)
	}
	sameTree(t, "tree", d.snapshot(), old)
	d.clean(dir)
}

func TestOfTwoInstallersTheSecondOneLeaves(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	gate := filepath.Join(d.base, "gate")
	dir := d.add(manifest(1, act("script.run", `{"source":"wait.sh"}`)), files{"wait.sh": `echo > "` + gate + `.in"; read x < "` + gate + `"`})
	other := d.add(manifest(1, one), files{"m": "m"})
	makeFIFO(t, gate)
	makeFIFO(t, gate+".in")
	first := installerProcess(dir, 0)
	check(t, first.Start())
	_, err := os.ReadFile(gate + ".in") // the script is at work
	check(t, err)
	if !job.Running(dir) || job.Running(other) {
		t.Error("Running does not see the installer")
	}
	for _, second := range []string{dir, other} {
		_, code, stderr := d.process(second, 0)
		if code != exitCodes[job.ErrLocked] || !strings.Contains(stderr, "another installer is at work") {
			t.Errorf("exit code %d: %s", code, stderr)
		}
	}
	check(t, os.WriteFile(gate, []byte("go\n"), 0))
	check(t, first.Wait())
	if c, err := job.ReadConfirmation(dir); err != nil || c.Result != job.Succeeded || job.Running(dir) {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestAnInterruptedJobComesBeforeTheNext(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	dir := d.add(manifest(1, one, act("check.command", `{"argv":["true"]}`)), files{"m": "m"})
	other := d.add(manifest(2, one), files{"m": "m"})
	if killed, _, _ := d.process(dir, 25); !killed {
		t.Fatal("not killed")
	}
	if _, err := Run(t.Context(), other, Options{Now: d.now}); err == nil || !strings.Contains(err.Error(), dir+" was interrupted") {
		t.Errorf("got %v", err)
	}
	if current, err := job.Current(d.state); err != nil || current != dir {
		t.Errorf("current is %q, %v", current, err)
	}
	d.run(dir)
	if got := d.run(other); got.Result != job.Succeeded {
		t.Errorf("%s (%s)", got.Result, got.Reason)
	}
}

func TestACancelledInstallerGoesOnLater(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	ctx, cancel := context.WithCancel(t.Context())
	started := filepath.Join(d.base, "started")
	makeFIFO(t, started)
	go func() {
		_, _ = os.ReadFile(started)
		cancel()
	}()
	script := `test -e "$SLUICE_ROOT/etc/second" && exit 0; : > "$SLUICE_ROOT/etc/second"; echo > "` + started + `"; sleep 60`
	dir := d.add(manifest(1, one, act("script.run", `{"source":"s"}`, sup.Rollback)), files{"m": "m", "s": script})
	_, err := Run(ctx, dir, Options{Now: d.now, termGrace: time.Millisecond})
	if !errors.Is(err, ErrInterrupted) || job.Finished(dir) {
		t.Fatalf("got %v", err)
	}
	if got := d.run(dir); got.Result != job.Succeeded || got.Actions[1].Attempts != 2 || got.Interruptions != 1 {
		t.Errorf("%s (%s), %+v", got.Result, got.Reason, got.Actions)
	}
}
