package systemdtest

import (
	"strings"
	"testing"

	"github.com/sluicehq/sluice/install/job"
)

func TestPackagesAreInstalledUnderARealSystemd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol()

	t.Run("services, the agent itself and a reboot", func(t *testing.T) {
		w := &world{t, w.machine, w.system}
		update := w.give("replaced")
		w.system.Ended(t)
		w.system = w.machine.Boot(t)
		if c := w.end(update); c.Result != job.Succeeded {
			t.Errorf("%+v", c)
		}
		w.sh(`test "$(systemctl is-active app)/$(systemctl is-enabled app)" = active/enabled
			cmp /usr/bin/sluice-agent /root/replaced/files/sluice-agent
			test "$(readlink /proc/$(systemctl show -P MainPID sluice-agent)/exe)" = /usr/bin/sluice-agent`)
	})
	w.system = w.machine.Running()

	t.Run("an agent that is restarted does not take the installer with it", func(t *testing.T) {
		w := &world{t, w.machine, w.system}
		w.sh("mkfifo /root/started /root/go")
		update := w.give("slow")
		w.sh("read line < /root/started; systemctl restart sluice-agent; echo > /root/go")
		if c := w.end(update); c.Result != job.Succeeded || c.Interruptions != 0 {
			t.Errorf("%+v", c)
		}
	})
	t.Run("an installer that is killed while the agent is stopped starts it again", func(t *testing.T) {
		w := &world{t, w.machine, w.system}
		if c := w.end(w.give("killed")); c.Result != job.Succeeded || c.Interruptions != 1 {
			t.Errorf("%+v", c)
		}
		w.sh("systemctl is-active sluice-agent")
	})
	t.Run("a unit that was replaced comes back and runs as before", func(t *testing.T) {
		w := &world{t, w.machine, w.system}
		before := w.sh("systemctl show -P ExecStart app | cut -d';' -f2; cat /etc/systemd/system/app.service")
		c := w.end(w.give("broken"))
		if c.Result != job.RolledBack || !strings.Contains(c.Reason, "failed: sh ended with exit code 7") || !strings.HasSuffix(c.Reason, "; everything was rolled back") {
			t.Errorf("%+v", c)
		}
		if after := w.sh("systemctl show -P ExecStart app | cut -d';' -f2; cat /etc/systemd/system/app.service"); after != before {
			t.Errorf("got %s, want %s", after, before)
		}
		w.sh("pid=$(systemctl show -P MainPID app); until grep -a sh /proc/$pid/cmdline >/dev/null; do :; done; grep -a old /proc/$pid/cmdline")
	})
	t.Run("a playbook starts, restarts and stops a service", func(t *testing.T) {
		w := &world{t, w.machine, w.system}
		pid := func() string { return w.sh("systemctl show -P MainPID app") }
		before := pid()
		for _, step := range []struct{ keys, want, again, state string }{
			{"started: false", "changed", "ok", "inactive"},
			{"started: true, enabled: false", "changed", "ok", "active"},
			{"restart: true", "changed", "changed", "active"},
		} {
			w.sh("printf -- '- name: services\\n  groups: [all]\\n  tasks:\\n    - !sd_service { service: app, " + step.keys + " }\\n' > /root/p.yml")
			for _, want := range []string{step.want, step.again} {
				if said := w.sh("sluice jetporch run /root/p.yml"); !strings.HasPrefix(said, want) {
					t.Errorf("%s: want %s: %s", step.keys, want, said)
				}
			}
			if is := w.sh("systemctl is-active app || true"); strings.TrimSpace(is) != step.state {
				t.Errorf("%s: it is %s", step.keys, is)
			}
		}
		if pid() == before {
			t.Error("the service was not restarted")
		}
	})
}
