package install

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

// A scenario is a package with one way to end, however often the installer is
// killed on the way there.
type scenario struct {
	name    string
	actions []sup.Action
	result  job.Result
	isNew   bool // the tree is the new one in the end; otherwise the old one
}

var allOfIt = []sup.Action{
	act("service.stop", `{"name":"app"}`, sup.Rollback),
	act("directory.create", `{"path":"/opt/app/data","mode":"0750"}`, sup.Rollback),
	act("file.install", `{"source":"app.conf","path":"/etc/app.conf","mode":"0640"}`, sup.Rollback),
	act("file.remove", `{"path":"/etc/old.conf"}`, sup.Rollback),
	act("archive.extract", `{"source":"tree.tar","path":"/opt/app"}`, sup.Rollback),
	act("config.set", `{"path":"/etc/settings.json","values":{"a.b":2}}`, sup.Rollback),
	act("script.run", `{"source":"do.sh","undo":"undo.sh"}`, sup.Rollback),
	act("service.start", `{"name":"app"}`, sup.Rollback),
	act("service.enable", `{"name":"app"}`, sup.Rollback),
}

var scenarios = []scenario{
	{"success", append(allOfIt[:len(allOfIt):len(allOfIt)], act("check.command", `{"argv":["true"]}`, sup.Rollback)), job.Succeeded, true},
	{"rollback", append(allOfIt[:len(allOfIt):len(allOfIt)], act("check.command", `{"argv":["false"]}`, sup.Rollback)), job.RolledBack, false},
	{"refused", []sup.Action{act("file.install", `{"source":"app.conf","path":"/etc/app.conf"}`)}, job.Refused, false},
}

func (s scenario) start(t *testing.T) (d *device, dir string) {
	d = newDevice(t)
	d.write("etc/app.conf", "old", 0o600)
	d.write("etc/old.conf", "goes", 0o604)
	d.write("etc/settings.json", `{"z":1,"a":{"b":1}}`, 0o644)
	d.write("opt/app/bin/tool", "tool 1", 0o755)
	d.write("etc/script", "old", 0o644)
	d.write("run/services/app.active", "", 0o644)
	m := manifest(7, s.actions...)
	if s.result == job.Refused {
		m.Compatibility.Models = []string{"iFemtoCell"}
	}
	return d, d.add(m, files{
		"app.conf": "new", "tree.tar": tarOf(t, "bin/tool", "tool 2", "lib/deep/new", "lib"),
		"do.sh":   `echo new > "$SLUICE_ROOT/etc/script"`,
		"undo.sh": `printf old > "$SLUICE_ROOT/etc/script"`,
	})
}

// verdict checks everything that has to hold after the last restart.
func (s scenario) verdict(t *testing.T, d *device, dir string, old, fresh map[string]string) {
	t.Helper()
	c := d.run(dir)
	if c.Result != s.result {
		t.Fatalf("result is %s (%s), want %s", c.Result, c.Reason, s.result)
	}
	if !s.isNew {
		sameTree(t, "old tree", d.snapshot(), old)
	} else {
		sameTree(t, "new tree", d.snapshot(), fresh)
	}
	d.clean(dir)
	copied, err := os.ReadFile(filepath.Join(d.log, "confirmation.json"))
	check(t, err)
	own, err := os.ReadFile(job.ConfirmationPath(dir))
	check(t, err)
	if string(copied) != string(own) || !job.Finished(dir) || job.Running(dir) {
		t.Error("the final confirmation is not the same in the logs, or the job is not finished")
	}
	if again := d.run(dir); fmt.Sprint(again) != fmt.Sprint(c) {
		t.Errorf("a start after the end gives another confirmation:\n%+v\n%+v", again, c)
	}
	next := d.run(d.add(manifest(8, act("file.install", `{"source":"n","path":"/etc/next"}`)), files{"n": "n"}))
	if next.Result != job.Succeeded {
		t.Errorf("the next package: %s (%s)", next.Result, next.Reason)
	}
}

// killedAfter kills the installer at a moment that no fault point names.
func killedAfter(t *testing.T, dir string, after time.Duration) {
	t.Helper()
	cmd := installerProcess(dir, 0)
	check(t, cmd.Start())
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait()
	timer.Stop()
}

// newTree is what an undisturbed run makes of the starting tree.
func newTree(t *testing.T) map[string]string {
	t.Helper()
	d, dir := scenarios[0].start(t)
	if c := d.run(dir); c.Result != job.Succeeded {
		t.Fatalf("undisturbed: %s: %s", c.Result, c.Reason)
	}
	return d.snapshot()
}

func TestKilledAtAnyPointTheDeviceIsOldOrNew(t *testing.T) {
	t.Parallel()
	want := newTree(t)
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			points := 0
			for n := 1; !t.Failed(); n++ {
				d, dir := s.start(t)
				old := d.snapshot()
				killed, code, stderr := d.process(dir, n)
				if !killed && code != 0 {
					t.Fatalf("point %d: exit %d: %s", n, code, stderr)
				}
				s.verdict(t, d, dir, old, want)
				if t.Failed() {
					t.Fatalf("killed at point %d", n)
				}
				os.RemoveAll(d.base)
				if !killed {
					break
				}
				points++
			}
			t.Logf("%d points", points)
		})
	}
}

// A power cut is a kill and another boot id. The runtime, stopped by the
// package, has to run in the end, and what follows the reboot has to be done.
func TestAPowerCutAtAnyPointAroundAReboot(t *testing.T) {
	t.Parallel()
	for n, killed := 1, true; killed && !t.Failed(); n++ {
		d := newDevice(t)
		dir := d.add(manifest(1, act("runtime.stop", `{}`), one, act("reboot", `{}`),
			act("file.install", `{"source":"m","path":"/etc/two"}`)), files{"m": "m"})
		var code int
		var stderr string
		killed, code, stderr = d.process(dir, n)
		if !killed && code != exitCodes[ErrRebooting] {
			t.Fatalf("point %d: exit %d: %s", n, code, stderr)
		}
		err := ErrRebooting
		var got job.Confirmation
		for boot := 2; errors.Is(err, ErrRebooting) && boot < 5; boot++ {
			check(t, os.WriteFile(d.configuration.BootIDPath, fmt.Appendf(nil, "boot-%d\n", boot), 0o644))
			got, err = Run(t.Context(), dir, Options{Now: d.now})
		}
		if err != nil || got.Result != job.Succeeded || statuses(got) != "ok ok ok ok" {
			t.Errorf("point %d: %s [%s] (%s), %v", n, got.Result, statuses(got), got.Reason, err)
		}
		for _, path := range []string{"etc/one", "etc/two", "run/services/sluice-agent.active"} {
			if !exists(filepath.Join(d.root, path)) {
				t.Errorf("point %d: %s is missing", n, path)
			}
		}
		d.clean(dir)
		os.RemoveAll(d.base)
	}
}

func TestKilledDuringRecoveryAndDuringThatOneToo(t *testing.T) {
	t.Parallel()
	const rounds = 30
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	want := newTree(t)
	for round := range rounds {
		s := scenarios[round%2]
		d, dir := s.start(t)
		old := d.snapshot()
		var at []string
		for range 1 + random.IntN(6) {
			if random.IntN(2) == 0 {
				after := time.Duration(random.IntN(60)) * time.Millisecond
				at = append(at, after.String())
				killedAfter(t, dir, after)
				d.untilFree(dir)
				continue
			}
			n := 1 + random.IntN(120)
			at = append(at, fmt.Sprint(n))
			if killed, code, stderr := d.process(dir, n); !killed && code != 0 {
				t.Fatalf("exit %d: %s", code, stderr)
			}
			d.untilFree(dir)
		}
		s.verdict(t, d, dir, old, want)
		if c, err := job.ReadConfirmation(dir); err == nil && c.Package != "app" {
			t.Errorf("the confirmation is about %q", c.Package)
		}
		if t.Failed() {
			t.Fatalf("%s, killed at %s", s.name, strings.Join(at, ", "))
		}
		os.RemoveAll(d.base)
	}
}
