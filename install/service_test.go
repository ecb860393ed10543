package install

import (
	"path/filepath"
	"testing"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/internal/testprogram"
	"github.com/sluicehq/sluice/sup"
)

// systemctlStub runs services by the unit file that it has read last. A service
// has the state in its file; one without a file is not known.
const systemctlStub = `#!/bin/sh
d="$SLUICE_ROOT/run/systemd"; unit="$SLUICE_ROOT/etc/app.service"; verb=$1; name=$2
state=$(cat "$d/$name" 2>/dev/null)
case $verb in
daemon-reload) cp "$unit" "$d/loaded" ;;
is-active) echo "${state:-inactive}"; test "$state" = active || exit 3 ;;
is-enabled) exit 1 ;;
*)
  echo "$verb $name $(cat "$d/loaded")" >> "$SLUICE_ROOT/../service.log"
  test -n "$state" || { echo "Unit $name not loaded."; exit 5; }
  case $verb in stop) echo inactive > "$d/$name" ;; *start) echo active > "$d/$name" ;; esac ;;
esac
`

func newSystemdDevice(t *testing.T, state string) *device {
	t.Helper()
	d := newDevice(t)
	systemctl := filepath.Join(d.base, "bin/systemctl")
	testprogram.Write(t, systemctl, systemctlStub)
	d.configuration.ServiceCommand = []string{systemctl, "{verb}", "{service}"}
	d.write("etc/app.service", "old", 0o644)
	d.write("run/systemd/loaded", "old", 0o644)
	if state != "" {
		d.write("run/systemd/app", state+"\n", 0o644)
	}
	return d
}

func TestAReplacedUnitFileTakesEffectAndSoDoesTheRestoredOne(t *testing.T) {
	t.Parallel()
	fail := act("check.command", `{"argv":["false"]}`, sup.Rollback)
	unit := act("file.install", `{"source":"m","path":"/etc/app.service"}`)
	for _, c := range []struct {
		name, state string
		actions     []sup.Action
		want        string
	}{
		{"restart", "active", []sup.Action{unit, act("service.restart", `{"name":"app"}`), fail}, "restart app new, restart app old"},
		{"stop and start", "active", []sup.Action{act("service.stop", `{"name":"app"}`), unit, act("service.start", `{"name":"app"}`), fail},
			"stop app old, start app new, stop app new, start app old"},
		{"enable", "inactive", []sup.Action{unit, act("service.enable", `{"name":"app"}`)}, "enable app new"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newSystemdDevice(t, c.state)
			d.run(d.add(manifest(1, c.actions...), files{"m": "new"}))
			if got := d.serviceLog(); got != c.want {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestAServiceIsStoppedAlsoWhileItStarts(t *testing.T) {
	t.Parallel()
	stop, fail := act("service.stop", `{"name":"app"}`), act("check.command", `{"argv":["false"]}`, sup.Rollback)
	for _, c := range []struct {
		name, state string
		changed     bool
		want, undo  string
	}{
		{"starting", "activating", true, "stop app old", "stop app old, start app old"},
		{"failed", "failed", false, "stop app old", "stop app old"},
		{"not known", "", false, "stop app old", "stop app old"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newSystemdDevice(t, c.state)
			got := d.run(d.add(manifest(1, stop), nil))
			if got.Result != job.Succeeded || got.Actions[0].Changed != c.changed || d.serviceLog() != c.want {
				t.Errorf("%s (%s), changed %v: %s", got.Result, got.Reason, got.Actions[0].Changed, d.serviceLog())
			}
			d = newSystemdDevice(t, c.state)
			got = d.run(d.add(manifest(1, stop, fail), nil))
			if got.Result != job.RolledBack || d.serviceLog() != c.undo {
				t.Errorf("undone: %s (%s): %s", got.Result, got.Reason, d.serviceLog())
			}
		})
	}
}
