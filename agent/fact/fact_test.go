package fact_test

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/sluicehq/sluice/agent/fact"
)

// root makes a folder with files.
func root(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestTelemetryIsReadFromProcAndSys(t *testing.T) {
	t.Parallel()
	dir := root(t, map[string]string{
		"proc/stat":                            "cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1 1 1 1\n",
		"proc/meminfo":                         "MemTotal:        1000 kB\nMemFree: 1 kB\nMemAvailable:     250 kB\n",
		"proc/uptime":                          "12345.67 2345.00\n",
		"sys/class/thermal/thermal_zone0/temp": "41500\n",
		"sys/class/thermal/thermal_zone1/temp": "55250\n",
		"sys/class/thermal/thermal_zone2/temp": "broken\n",
	})
	r := fact.NewReader(dir)
	got := values(r)
	for key, want := range map[string]float64{"cpu_percent": 20, "memory_percent": 75, "uptime": 12345.7, "temperature": 55.3} {
		if got[key] != want {
			t.Errorf("%s is %v, want %v", key, got[key], want)
		}
	}
	if disk := got["disk_percent"]; disk <= 0 || disk > 100 {
		t.Errorf("disk_percent is %v", disk)
	}
	if err := os.WriteFile(filepath.Join(dir, "proc/stat"), []byte("cpu  150 0 150 700 100 0 0 0 0 0\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := values(r)["cpu_percent"]; got != 100 {
		t.Errorf("the load between two readings is %v, want 100", got)
	}
	if _, there := values(r)["cpu_percent"]; there {
		t.Error("a load was measured over no time")
	}
}

func TestWhatCannotBeMeasuredIsLeftOut(t *testing.T) {
	t.Parallel()
	got := values(fact.NewReader(root(t, map[string]string{"proc/stat": "cpu", "proc/meminfo": "MemTotal: 0 kB\n", "proc/uptime": "x"})))
	delete(got, "disk_percent")
	if len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func values(r *fact.Reader) map[string]float64 {
	all := map[string]float64{}
	for _, m := range r.Telemetry() {
		all[m.Key] = m.Value
	}
	return all
}

func TestTheSystemIsReadBelowTheRoot(t *testing.T) {
	t.Parallel()
	s := fact.NewReader(root(t, map[string]string{
		"proc/stat": "cpu 1 1 1 1", "etc/os-release": "PRETTY_NAME=\"Debian\"\nID=debian\nVERSION_ID=\"13\"\n", "etc/hostname": "gw-7\n",
		"proc/sys/kernel/osrelease": "6.12.48\n", "sys/firmware/devicetree/base/model": "iStation v2\x00",
	})).System()
	want := fact.System{OSName: "debian", OSVersion: "13", Architecture: fact.Architecture(), Hostname: "gw-7", Kernel: "6.12.48", Model: "iStation v2"}
	if s != want {
		t.Errorf("got %+v, want %+v", s, want)
	}
}

func TestInstalledPackagesOfDpkgAndOpkgAreListed(t *testing.T) {
	t.Parallel()
	got := fact.NewReader(root(t, map[string]string{
		"var/lib/dpkg/status": "Package: base\nStatus: install ok installed\nVersion: 1.2-3\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 9\n\n",
		"usr/lib/opkg/status": "Package: lorad\nVersion: 4.0\nStatus: install user installed",
	})).Packages()
	want := []fact.Package{{Name: "base", Version: "1.2-3"}, {Name: "lorad", Version: "4.0"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestASandboxTakesTheMachinesLoad(t *testing.T) {
	t.Parallel()
	if _, there := values(fact.NewReader(t.TempDir()))["uptime"]; !there {
		t.Error("a folder without /proc has no uptime")
	}
	dir := root(t, map[string]string{"etc/machine-id": "0123456789abcdef\n"})
	if key := fact.NewReader(dir).DeviceKey(); key == "" {
		t.Error("the machine has no name")
	}
}
