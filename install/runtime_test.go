package install

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

// serviceLog is what the service stub was asked, with the content of
// /etc/app.conf at that moment.
func (d *device) serviceLog() string {
	data, _ := os.ReadFile(filepath.Join(d.base, "service.log"))
	return strings.ReplaceAll(strings.TrimSpace(string(data)), "\n", ", ")
}

func TestServicesComeUpOnTheRestoredFiles(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	d.write("etc/app.conf", "old", 0o644)
	d.write("run/services/app.active", "", 0o644)
	got := d.run(d.add(manifest(1,
		act("file.install", `{"source":"m","path":"/etc/app.conf"}`),
		act("service.restart", `{"name":"app"}`),
		act("check.command", `{"argv":["false"]}`, sup.Rollback)), files{"m": "new"}))
	want := "is-active app new, restart app new, restart app old"
	if got.Result != job.RolledBack || d.serviceLog() != want {
		t.Errorf("%s: %s", got.Result, d.serviceLog())
	}
}

func TestTheRuntimeRunsAtTheEndWhateverHappens(t *testing.T) {
	t.Parallel()
	stop, start := act("runtime.stop", `{}`), act("runtime.start", `{}`)
	fail := act("check.command", `{"argv":["false"]}`)
	failBack := act("check.command", `{"argv":["false"]}`, sup.Rollback)
	for _, c := range []struct {
		name    string
		actions []sup.Action
		want    string
	}{
		{"stopped and started", []sup.Action{stop, start}, "stop R, start R"},
		{"not started by the package", []sup.Action{stop}, "stop R, start R"},
		{"failed in between", []sup.Action{stop, fail, start}, "stop R, start R"},
		{"rolled back in between", []sup.Action{stop, failBack, start}, "stop R, stop R, start R"},
		{"rolled back after the start", []sup.Action{stop, start, failBack}, "stop R, start R, stop R, start R"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDevice(t)
			d.configuration.RuntimeService = "R"
			d.run(d.add(manifest(1, c.actions...), nil))
			if got := d.serviceLog(); strings.ReplaceAll(got+",", " ,", ",") != c.want+"," {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestFirmwareIsHandedOverAndTheRuntimeRestarted(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	log := filepath.Join(d.base, "log")
	say := func(what string) []string {
		return []string{"sh", "-c", "echo " + what + ` $(cat "$0" 2>/dev/null) >> ` + log, "{file}"}
	}
	d.configuration.FirmwareInstallers = map[string][]string{"rauc": say("rauc"), "command": say("command")}
	d.configuration.RuntimeStop, d.configuration.RuntimeStart = say("stop"), say("start")
	got := d.run(d.add(manifest(1, act("firmware.update", `{"source":"fw","installer":"rauc"}`)), files{"fw": "IMAGE"}))
	data, _ := os.ReadFile(log)
	if got.Result != job.Succeeded || string(data) != "rauc IMAGE\nstop\nstart\n" {
		t.Errorf("%s (%s): %q", got.Result, got.Reason, data)
	}
	for params, want := range map[string]string{
		`{"source":"fw"}`:                        "this device has several: command, rauc",
		`{"source":"fw","installer":"swupdate"}`: "installer swupdate is not configured, this device has command, rauc",
	} {
		got := d.run(d.add(manifest(1, act("firmware.update", params)), files{"fw": "IMAGE"}))
		if got.Result != job.Failed || !strings.Contains(got.Reason, want) {
			t.Errorf("%s (%s)", got.Result, got.Reason)
		}
	}
}

// The installer of the firmware reboots the device: another boot is its success.
func TestFirmwareWhoseInstallerRebootsIsNotWrittenAgain(t *testing.T) {
	t.Parallel()
	for boot, want := range map[string]string{"boot-2\n": "x\n", "boot-1\n": "x\nx\n"} {
		d := newDevice(t)
		log := filepath.Join(d.base, "log")
		d.configuration.FirmwareInstallers = map[string][]string{"command": {"sh", "-c", "echo x >> " + log + "; test -e " + log + ".killed && exit 0; : > " + log + ".killed; kill -9 $PPID"}}
		dir := d.add(manifest(1, act("firmware.update", `{"source":"fw"}`), act("check.command", `{"argv":["true"]}`)), files{"fw": "IMAGE"})
		if killed, _, _ := d.process(dir, 0); !killed {
			t.Fatal("not killed")
		}
		check(t, os.WriteFile(d.configuration.BootIDPath, []byte(boot), 0o644))
		got := d.run(dir)
		if data, _ := os.ReadFile(log); got.Result != job.Succeeded || string(data) != want || !got.Actions[0].Changed {
			t.Errorf("%q: %s (%s): %q", boot, got.Result, got.Reason, data)
		}
	}
}

func TestFirmwareIsNotWrittenTwiceAfterAKill(t *testing.T) {
	t.Parallel()
	d := newDevice(t)
	log := filepath.Join(d.base, "log")
	d.configuration.FirmwareInstallers = map[string][]string{"command": {"sh", "-c", "echo x >> " + log}}
	d.configuration.RuntimeStop = []string{"sh", "-c", "test -e " + log + ".killed && exit 0; : > " + log + ".killed; kill -9 $PPID"}
	d.configuration.RuntimeStart = []string{"true"}
	dir := d.add(manifest(1, act("firmware.update", `{"source":"fw"}`)), files{"fw": "IMAGE"})
	if killed, _, _ := d.process(dir, 0); !killed {
		t.Fatal("not killed")
	}
	got := d.run(dir)
	if data, _ := os.ReadFile(log); got.Result != job.Succeeded || string(data) != "x\n" {
		t.Errorf("%s (%s): %q", got.Result, got.Reason, data)
	}
}
