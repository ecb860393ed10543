package install

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/internal/testprogram"
	"github.com/sluicehq/sluice/sup"
)

// newDpkgDevice is a device with a database of dpkg that holds nothing.
func newDpkgDevice(t *testing.T) *device {
	t.Helper()
	if _, err := exec.LookPath("dpkg-deb"); err != nil {
		needed(t, "dpkg-deb is not there")
	}
	if os.Getuid() != 0 {
		needed(t, "dpkg --root needs root")
	}
	d := newDevice(t)
	d.configuration.PackageManager = "apt"
	for _, dir := range []string{"info", "updates", "triggers"} {
		check(t, os.MkdirAll(filepath.Join(d.root, "var/lib/dpkg", dir), 0o755))
	}
	for _, name := range []string{"status", "available", "diversions", "statoverride"} {
		d.write("var/lib/dpkg/"+name, "", 0o644)
	}
	return d
}

// deb is what a test says of the package sluice-tool.
type deb struct {
	version  string
	control  string // more lines
	postinst string
}

// buildDeb returns a .deb with /opt/tool and the configuration file /etc/tool.
func buildDeb(t *testing.T, d *device, of deb) string {
	t.Helper()
	tree, out := filepath.Join(d.base, "deb"), filepath.Join(d.base, "tool.deb")
	check(t, os.RemoveAll(tree))
	for name, text := range map[string]string{
		"opt/tool": "tool", "etc/tool": "shipped\n", "DEBIAN/conffiles": "/etc/tool\n", "DEBIAN/postinst": of.postinst,
		"DEBIAN/control": "Package: sluice-tool\nVersion: " + of.version + "\nArchitecture: all\nMaintainer: test <test@example.com>\nDescription: test\n" + of.control,
	} {
		if text == "" {
			continue
		}
		check(t, os.MkdirAll(filepath.Dir(filepath.Join(tree, name)), 0o755))
		check(t, os.WriteFile(filepath.Join(tree, name), []byte(text), 0o755))
	}
	if said, err := exec.Command("dpkg-deb", "--root-owner-group", "--build", tree, out).CombinedOutput(); err != nil {
		t.Fatalf("dpkg-deb: %v: %s", err, said)
	}
	data, err := os.ReadFile(out)
	check(t, err)
	return string(data)
}

// dpkg runs the real one; stdin may be a selection.
func (d *device) dpkg(stdin string, arguments ...string) {
	d.t.Helper()
	cmd := exec.Command("dpkg", append([]string{"--root=" + d.root}, arguments...)...)
	cmd.Stdin = strings.NewReader(stdin)
	if said, err := cmd.CombinedOutput(); err != nil {
		d.t.Fatalf("dpkg: %v: %s", err, said)
	}
}

// toolState is the abbreviation and the version that dpkg has of the package.
func (d *device) toolState() string {
	output, err := exec.Command("dpkg-query", "--root="+d.root, "--show", "--showformat=${db:Status-Abbrev}${Version}", "sluice-tool").Output()
	if err != nil {
		return "-"
	}
	return strings.TrimSpace(string(output))
}

func TestARollbackKeepsAPackageThatWasThereBefore(t *testing.T) {
	t.Parallel()
	install := act("package.install", `{"source":"tool.deb"}`)
	remove := act("package.remove", `{"name":"sluice-tool"}`)
	fail := act("check.command", `{"argv":["false"]}`, sup.Rollback)
	for _, c := range []struct {
		name    string
		before  func(d *device)
		actions []sup.Action
		result  job.Result
		state   string
	}{
		{"on hold, installed anew", held, []sup.Action{install}, job.Succeeded, "hi 2.0"},
		{"on hold, a newer one undone", held, []sup.Action{install, fail}, job.Inconsistent, "hi 2.0"},
		{"on hold, removed", held, []sup.Action{remove}, job.Succeeded, "rc 1.0"},
		{"removed, its configuration kept", removed, []sup.Action{install, fail}, job.RolledBack, "rc 2.0"},
		{"never there", func(*device) {}, []sup.Action{install, fail}, job.RolledBack, "-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDpkgDevice(t)
			buildDeb(t, d, deb{version: "1.0"})
			c.before(d)
			got := d.run(d.add(manifest(1, c.actions...), files{"tool.deb": buildDeb(t, d, deb{version: "2.0"})}))
			if got.Result != c.result || d.toolState() != c.state {
				t.Errorf("%s (%s), it is %q\n%s", got.Result, got.Reason, d.toolState(), got.Actions[0].Output)
			}
			if c.result == job.Succeeded && !got.Actions[0].Changed {
				t.Error("it counts as unchanged")
			}
		})
	}
}

func held(d *device) {
	d.dpkg("", "--install", filepath.Join(d.base, "tool.deb"))
	d.dpkg("sluice-tool hold\n", "--set-selections")
}

func removed(d *device) {
	d.dpkg("", "--install", filepath.Join(d.base, "tool.deb"))
	d.dpkg("", "--remove", "sluice-tool")
}

func TestAPackageThatCannotBeConfiguredIsTakenAwayAgain(t *testing.T) {
	t.Parallel()
	for name, of := range map[string]deb{
		"its script fails":           {version: "1.0", postinst: "#!/bin/sh\nexit 1\n"},
		"what it needs is not there": {version: "1.0", control: "Depends: sluice-nothing\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDpkgDevice(t)
			got := d.run(d.add(manifest(1, one, act("package.install", `{"source":"tool.deb"}`, sup.Rollback)), files{"m": "m", "tool.deb": buildDeb(t, d, of)}))
			if got.Result != job.RolledBack || d.toolState() != "-" || exists(filepath.Join(d.root, "opt/tool")) {
				t.Errorf("%s (%s), it is %q\n%s", got.Result, got.Reason, d.toolState(), got.Actions[1].Output)
			}
		})
	}
}

// aptStub knows a package once its lists are updated, and upgrades it.
const aptStub = `#!/bin/sh
d="$SLUICE_ROOT/apt"; mkdir -p "$d"; echo "$0 $*" | sed 's/^.*bin.//' >> "$d/log"
case "$*" in
*--show*) test -f "$d/version" && echo "ii  $(cat "$d/version")" || exit 1 ;;
*--configure*|*" update") : > "$d/lists" ;;
*install*)
  test -f "$d/lists" || { echo "E: Unable to locate package tool"; exit 100; }
  echo 2.0 > "$d/version" ;;
esac
`

func aptDevice(t *testing.T) *device {
	d := newDevice(t)
	bin := filepath.Join(d.base, "bin")
	for _, name := range []string{"dpkg", "dpkg-query", "apt-get"} {
		testprogram.Write(t, filepath.Join(bin, name), aptStub)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	d.configuration.PackageManager = "apt"
	return d
}

func TestByNameTheNewestIsInstalledWithListsOfTodayAndNoQuestions(t *testing.T) {
	for _, c := range []struct {
		name, version string
		changed       bool
		updates       int
	}{
		{"unknown to the lists", "", true, 1},
		{"an older one is there", "1.0", true, 0},
		{"the newest is there", "2.0", false, 0},
	} {
		d := aptDevice(t)
		if c.version != "" {
			d.write("apt/version", c.version+"\n", 0o644)
			d.write("apt/lists", "", 0o644)
		}
		got := d.run(d.add(manifest(1, act("package.install", `{"name":"tool"}`)), nil))
		log, _ := os.ReadFile(filepath.Join(d.root, "apt/log"))
		now, _ := os.ReadFile(filepath.Join(d.root, "apt/version"))
		if got.Result != job.Succeeded || got.Actions[0].Changed != c.changed || string(now) != "2.0\n" || strings.Count(string(log), " update") != c.updates {
			t.Errorf("%s: %s (%s), changed %v, version %q\n%s", c.name, got.Result, got.Reason, got.Actions[0].Changed, now, log)
		}
		for _, want := range []string{"-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold", "-o DPkg::Lock::Timeout=120"} {
			if !strings.Contains(string(log), want) {
				t.Errorf("%s: %s is not said in\n%s", c.name, want, log)
			}
		}
	}
}

func TestAPackageThatNoListKnowsFailsAfterOneUpdate(t *testing.T) {
	d := newDevice(t)
	bin := filepath.Join(d.base, "bin")
	testprogram.Write(t, filepath.Join(bin, "opkg"), `#!/bin/sh
shift 2; echo "$*" >> "$SLUICE_ROOT/log"
case "$*" in *install*) echo "Unknown package 'tool'."; exit 255 ;; esac
`)
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	d.configuration.PackageManager = "opkg"
	got := d.run(d.add(manifest(1, act("package.install", `{"name":"tool"}`)), nil))
	log, _ := os.ReadFile(filepath.Join(d.root, "log"))
	want := "status tool\n--force-downgrade install tool\nupdate\n--force-downgrade install tool\nstatus tool\n"
	if got.Result != job.Failed || got.Actions[0].Changed || string(log) != want {
		t.Errorf("%s (%s), changed %v\n%s", got.Result, got.Reason, got.Actions[0].Changed, log)
	}
}

func TestARemovalThatFailsHalfWayIsNamed(t *testing.T) {
	d := newDevice(t)
	stub := strings.Replace(opkgStub, `rm -f "$db/$2"`, `rm -f "$db/$2"; exit 1`, 1)
	testprogram.Write(t, filepath.Join(d.base, "bin/opkg"), stub)
	t.Setenv("PATH", filepath.Join(d.base, "bin")+":"+os.Getenv("PATH"))
	d.configuration.PackageManager = "opkg"
	d.write("opkg/tool", "1\n", 0o644)
	got := d.run(d.add(manifest(1, act("package.remove", `{"name":"tool"}`, sup.Rollback)), nil))
	if got.Result != job.Inconsistent || !strings.Contains(got.Reason, "action 1 (package.remove) may have left a part of its work") {
		t.Errorf("%s (%s)", got.Result, got.Reason)
	}
}

func TestDpkgIsTriedAgainWhileAnotherProgramHasItsLock(t *testing.T) {
	d := aptDevice(t)
	testprogram.Write(t, filepath.Join(d.base, "bin/dpkg-deb"), "#!/bin/sh\ncase $3 in Package) echo tool ;; *) echo 2.0 ;; esac\n")
	testprogram.Write(t, filepath.Join(d.base, "bin/dpkg"), `#!/bin/sh
d="$SLUICE_ROOT/apt"; echo x >> "$d/tries"
test $(wc -l < "$d/tries") -gt 2 || { echo "dpkg: error: dpkg frontend lock was locked by another process with pid 7"; exit 2; }
echo 2.0 > "$d/version"
`)
	got := d.run(d.add(manifest(1, act("package.install", `{"source":"tool.deb"}`)), files{"tool.deb": "deb"}))
	tries, _ := os.ReadFile(filepath.Join(d.root, "apt/tries"))
	if got.Result != job.Succeeded || string(tries) != "x\nx\nx\n" {
		t.Errorf("%s (%s), tried %q", got.Result, got.Reason, tries)
	}
}
