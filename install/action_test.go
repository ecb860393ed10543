package install

import (
	"archive/tar"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

// startingTree is what every row of the table begins with.
func startingTree(d *device) {
	d.write("etc/app.conf", "old", 0o600)
	d.write("etc/settings.json", "{\n    \"z\": 1,\n    \"a\": {\"b\": 1.50}\n}\n", 0o640)
	d.write("etc/settings.yaml", "# head\nport: 1 # of the server\nlist:\n  - one\n  - two\n", 0o644)
	d.write("etc/settings.ini", "; head\n[net]\naddress=1.2.3.4\n\n[wlan.0]\nssid=x\n", 0o644)
	d.write("opt/app/tool", "tool 1", 0o755)
	d.write("run/services/up.active", "", 0o644)
	d.write("run/services/up.enabled", "", 0o644)
	check(d.t, os.Symlink("app.conf", filepath.Join(d.root, "etc/link.conf")))
	check(d.t, os.Symlink("/opt", filepath.Join(d.root, "usr")))
}

// In want a path is followed by what snapshot says of it; "-" means gone.
var actionRows = []struct {
	name, kind, params string
	want               map[string]string
	always             bool // changed on every run
	noUndo             bool
}{
	{name: "a new file in new directories", kind: "file.install",
		params: `{"source":"m","path":"/opt/new/deep/file"}`,
		want:   map[string]string{"opt/new": "drwxr-xr-x", "opt/new/deep": "drwxr-xr-x", "opt/new/deep/file": `-rw-r--r-- "member"`}},
	{name: "a file that replaces one", kind: "file.install",
		params: `{"source":"m","path":"/etc/app.conf","mode":"0444"}`,
		want:   map[string]string{"etc/app.conf": `-r--r--r-- "member"`}},
	{name: "a file of the same content and another mode", kind: "file.install",
		params: `{"source":"old","path":"/etc/app.conf","mode":"755"}`,
		want:   map[string]string{"etc/app.conf": `-rwxr-xr-x "old"`}},
	{name: "a file in the place of a link replaces the link", kind: "file.install",
		params: `{"source":"m","path":"/etc/link.conf"}`,
		want:   map[string]string{"etc/link.conf": `-rw-r--r-- "member"`}},
	{name: "a file behind an absolute link stays below the root", kind: "file.install",
		params: `{"source":"m","path":"/usr/app/new"}`,
		want:   map[string]string{"opt/app/new": `-rw-r--r-- "member"`}},
	{name: "a file with an owner by number", kind: "file.install",
		params: `{"source":"m","path":"/etc/owned","owner":"0","group":"0"}`,
		want:   map[string]string{"etc/owned": `-rw-r--r-- "member"`}},
	{name: "a file goes", kind: "file.remove", params: `{"path":"/etc/app.conf"}`, want: map[string]string{"etc/app.conf": "-"}},
	{name: "a link goes, not what it names", kind: "file.remove", params: `{"path":"/etc/link.conf"}`, want: map[string]string{"etc/link.conf": "-"}},
	{name: "a file that is not there", kind: "file.remove", params: `{"path":"/etc/none/x"}`},
	{name: "a directory with parents", kind: "directory.create", params: `{"path":"/var/a/b","mode":"0700"}`,
		want: map[string]string{"var": "drwxr-xr-x", "var/a": "drwxr-xr-x", "var/a/b": "drwx------"}},
	{name: "a directory that is there gets its mode", kind: "directory.create", params: `{"path":"/opt/app","mode":"0700"}`,
		want: map[string]string{"opt/app": "drwx------"}},
	{name: "a directory that is a link to one gets its mode", kind: "directory.create", params: `{"path":"/usr","mode":"0700"}`,
		want: map[string]string{"opt": "drwx------"}},
	{name: "an archive over a link to a directory", kind: "archive.extract", params: `{"source":"usr.tar","path":"/"}`,
		want: map[string]string{"opt/z": `-rw-r--r-- "\x00"`}},
	{name: "an archive", kind: "archive.extract", params: `{"source":"a.tar","path":"/opt/app"}`,
		want: map[string]string{"opt/app/tool": `-rw-r--r-- "tool 2"`, "opt/app/lib": "drwxr-xr-x", "opt/app/lib/x": `-rw-r--r-- "x"`}},
	{name: "an archive packed with gzip", kind: "archive.extract", params: `{"source":"a.tar.gz","path":"/srv"}`,
		want: map[string]string{"srv": "drwxr-xr-x", "srv/z": `-rw-r--r-- "zipped"`}},
	{name: "an archive packed with zstd", kind: "archive.extract", params: `{"source":"a.tar.zst","path":"/srv"}`,
		want: map[string]string{"srv": "drwxr-xr-x", "srv/z": `-rw-r--r-- "zipped"`}},
	{name: "JSON keeps order, numbers and indentation", kind: "config.set",
		params: `{"path":"/etc/settings.json","values":{"a.c":"<new>","z":2}}`,
		want:   map[string]string{"etc/settings.json": `-rw-r----- "{\n    \"z\": 2,\n    \"a\": {\n        \"b\": 1.50,\n        \"c\": \"<new>\"\n    }\n}\n"`}},
	{name: "JSON removes a key", kind: "config.set", params: `{"path":"/etc/settings.json","values":{"a":null}}`,
		want: map[string]string{"etc/settings.json": `-rw-r----- "{\n    \"z\": 1\n}\n"`}},
	{name: "YAML keeps comments", kind: "config.set",
		params: `{"path":"/etc/settings.yaml","values":{"port":2,"list.1":"three","new.key":true}}`,
		want:   map[string]string{"etc/settings.yaml": `-rw-r--r-- "# head\nport: 2 # of the server\nlist:\n  - one\n  - three\nnew:\n  key: true\n"`}},
	{name: "INI keeps every other line", kind: "config.set",
		params: `{"path":"/etc/settings.ini","values":{"net.address":"5.6.7.8","wlan.0.ssid":"y","wlan.0.key":"k","new.a":1}}`,
		want:   map[string]string{"etc/settings.ini": `-rw-r--r-- "; head\n[net]\naddress=5.6.7.8\n\n[wlan.0]\nssid=y\nkey=k\n[new]\na=1\n"`}},
	{name: "numbers stay as they are written", kind: "config.set", params: `{"path":"/etc/settings.yaml","values":{"port":1.10,"list":[12345678.0]}}`,
		want: map[string]string{"etc/settings.yaml": `-rw-r--r-- "# head\nport: 1.10 # of the server\nlist:\n  - 12345678.0\n"`}},
	{name: "INI in a file that is not there", kind: "config.set", params: `{"path":"/etc/n.ini","values":{"a":"1","s.b":"2"}}`,
		want: map[string]string{"etc/n.ini": `-rw-r--r-- "a = 1\n[s]\nb = 2\n"`}},
	{name: "a command without undo", kind: "command.run", params: `{"argv":["true"],"directory":"/etc"}`, always: true, noUndo: true},
	{name: "a script with undo", kind: "script.run", params: `{"source":"do.sh","undo":"undo.sh","arguments":["a b"],"environment":{"X":"y"}}`,
		want: map[string]string{"etc/made": `-rw-r--r-- "a b y app 1\n"`}, always: true},
	{name: "a service that is down is started", kind: "service.start", params: `{"name":"down"}`, want: map[string]string{"run/services/down.active": `-rw-r--r-- ""`}},
	{name: "a service that is up is started", kind: "service.start", params: `{"name":"up"}`},
	{name: "a service that is up is stopped", kind: "service.stop", params: `{"name":"up"}`, want: map[string]string{"run/services/up.active": "-"}},
	{name: "a service that is down is stopped", kind: "service.stop", params: `{"name":"down"}`},
	{name: "a service that is down is restarted", kind: "service.restart", params: `{"name":"down"}`, want: map[string]string{"run/services/down.active": `-rw-r--r-- ""`}, always: true},
	{name: "a service is enabled", kind: "service.enable", params: `{"name":"down"}`, want: map[string]string{"run/services/down.enabled": `-rw-r--r-- ""`}},
	{name: "an enabled service is enabled", kind: "service.enable", params: `{"name":"up"}`},
	{name: "the runtime is stopped and comes back at the end", kind: "runtime.stop", params: `{}`, want: map[string]string{"run/services/sluice-agent.active": `-rw-r--r-- ""`}, always: true, noUndo: true},
	{name: "a command checks", kind: "check.command", params: `{"argv":["true"]}`},
	{name: "a program checks over HTTP", kind: "check.http", params: `{"url":"http://127.0.0.1:1/","status":204}`},
	{name: "a service is checked", kind: "check.service", params: `{"name":"up"}`},
}

func rowMembers(t *testing.T) files {
	return files{
		"m": "member", "old": "old", "a.tar": tarOf(t, "tool", "tool 2", "lib/x", "x"),
		"usr.tar":  tarWith(t, tar.Header{Name: "usr/", Typeflag: tar.TypeDir, Mode: 0o755}, tar.Header{Name: "usr/z", Typeflag: tar.TypeReg, Mode: 0o644, Size: 1}),
		"a.tar.gz": gzipped(t, tarOf(t, "z", "zipped")), "a.tar.zst": zstded(t, tarOf(t, "z", "zipped")),
		"do.sh":   `umask 022; echo "$1 $X $SLUICE_PACKAGE $SLUICE_VERSION" > "$SLUICE_ROOT/etc/made"`,
		"undo.sh": `rm -f "$SLUICE_ROOT/etc/made"`,
	}
}

func TestEveryActionDoesRepeatsAndUndoes(t *testing.T) {
	t.Parallel()
	for _, row := range actionRows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			d := newDevice(t)
			d.configuration.HTTPCheckCommand = []string{"sh", "-c", "echo 204"}
			startingTree(d)
			old := d.snapshot()

			if !row.noUndo {
				c := d.run(d.add(manifest(1, act(row.kind, row.params), act("check.command", `{"argv":["false"]}`, sup.Rollback)), rowMembers(t)))
				if c.Result != job.RolledBack {
					t.Fatalf("rollback: %s (%s)", c.Result, c.Reason)
				}
				sameTree(t, "after the undo", d.snapshot(), old)
			}
			for run, changed := range []bool{len(row.want) > 0 || row.always, row.always} {
				c := d.run(d.add(manifest(1, act(row.kind, row.params)), rowMembers(t)))
				if c.Result != job.Succeeded || c.Actions[0].Status != job.StatusOK {
					t.Fatalf("run %d: %s (%s)", run+1, c.Result, c.Reason)
				}
				if c.Actions[0].Changed != changed {
					t.Errorf("run %d: changed is %v", run+1, c.Actions[0].Changed)
				}
				sameTree(t, "after the action", withoutOwner(d.snapshot()), wanted(withoutOwner(old), row.want))
			}
		})
	}
}

func TestTheTableOfActionsIsWholeAndTheRegistryIsTheLibrary(t *testing.T) {
	t.Parallel()
	elsewhere := map[string]string{
		"reboot": "run_test.go", "firmware.update": "runtime_test.go", "runtime.start": "runtime_test.go",
		"playbook.apply":  "playbook_test.go",
		"package.install": "package_test.go", "package.remove": "package_test.go",
	}
	rows := map[string]bool{}
	for _, row := range actionRows {
		rows[row.kind] = true
	}
	for _, entry := range sup.Library {
		if _, known := registry[entry.Name]; !known {
			t.Errorf("%s is in the library and has no handler", entry.Name)
		}
		if !rows[entry.Name] && elsewhere[entry.Name] == "" {
			t.Errorf("%s has no row", entry.Name)
		}
	}
	if len(registry) != len(sup.Library) {
		t.Errorf("%d handlers for %d actions", len(registry), len(sup.Library))
	}
}

func withoutOwner(tree map[string]string) map[string]string {
	out := map[string]string{}
	for name, line := range tree {
		f := strings.SplitN(line, " ", 3)
		out[name] = strings.TrimSpace(f[0] + " " + strings.Join(f[2:], ""))
	}
	return out
}

func wanted(old, want map[string]string) map[string]string {
	tree := maps.Clone(old)
	for name, line := range want {
		if tree[name] = line; line == "-" {
			delete(tree, name)
		}
	}
	return tree
}
