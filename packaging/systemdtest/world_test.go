package systemdtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/internal/testdebian"
)

// world is a machine that is server and gateway at once.
type world struct {
	t       *testing.T
	machine *testdebian.Machine
	system  *testdebian.System
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, machine: testdebian.New(t)}
	for _, name := range []string{"sluice", "sluice-agent"} {
		w.machine.Build(t, "github.com/sluicehq/sluice/cmd/"+name, "/usr/bin/"+name)
	}
	for _, name := range []string{"sluice-server.service", "sluice-agent.service"} {
		w.machine.Put(t, "../systemd/"+name, "/etc/systemd/system/"+name)
	}
	w.machine.Sh(t, "useradd --system --home-dir /var/lib/sluice --shell /usr/sbin/nologin sluice")
	w.system = w.machine.Boot(t)
	return w
}

func (w *world) sh(script string) string { w.t.Helper(); return w.system.Sh(w.t, script) }

// enrol starts the server and makes the machine a device of it, as
// docs/operate.md says.
func (w *world) enrol() {
	w.t.Helper()
	w.sh("systemctl enable --now sluice-server")
	w.sh(`until said=$(journalctl -u sluice-server -o cat --no-pager | grep '^password'); do sleep 0.1; done
		until bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080' 2>/dev/null; do sleep 0.1; done
		echo $said | cut -d' ' -f2 | sluice login --password-stdin
		fingerprint=$(journalctl -u sluice-server -o cat --no-pager | grep '^fingerprint' | head -n 1)
		sluice-agent enrol --server http://127.0.0.1:8080 --token $(sluice device token) --fingerprint ${fingerprint##* } --key gw-1 --in-memory --telemetry 1s
		systemctl enable --now sluice-agent`)
}

// give builds and signs the package of an archive and gives it to the gateway.
// It answers the id of the update.
func (w *world) give(name string) string {
	w.t.Helper()
	a, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.sh("mkdir -p /root/" + name + "/files")
	for _, f := range a.Files {
		path := filepath.Join(w.t.TempDir(), "file")
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			w.t.Fatal(err)
		}
		w.machine.Put(w.t, path, "/root/"+name+"/"+f.Name)
	}
	return strings.TrimSpace(w.sh(fmt.Sprintf(`cd /root
		test %[1]s != replaced || { cp /usr/bin/sluice-agent replaced/files/; echo more >> replaced/files/sluice-agent; }
		sluice sup build %[1]s --key /var/lib/sluice/keys/signing.key --out %[1]s.sup >/dev/null
		sluice release create %[1]s.sup >/dev/null
		sluice update create --release %[1]s@1.0.0 --device gw-1 --output json | sed -n 's/.*"id": \([0-9]*\),*$/\1/p' | head -n 1`, name)))
}

// end waits for the end of an update and answers what the installer wrote.
func (w *world) end(update string) job.Confirmation {
	w.t.Helper()
	said, failed := w.system.Try(w.t, "timeout", "120", "sluice", "update", "watch", update)
	w.t.Logf("%s(%v)", said, failed)
	text := w.sh("cat /var/lib/sluice-agent/logs/confirmation.json")
	var c job.Confirmation
	if err := json.NewDecoder(bytes.NewReader([]byte(text))).Decode(&c); err != nil {
		w.t.Fatalf("%v: %s", err, text)
	}
	if t := w.t; t.Failed() || c.Result == "" {
		t.Log(w.system.Try(t, "journalctl", "-u", "sluice-agent", "-b", "-o", "cat", "--no-pager"))
	}
	return c
}
