package install

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

func TestTheExampleBundleIsCheckedAndApplied(t *testing.T) {
	t.Parallel()
	m, source, err := sup.LoadSource("../examples/gateway-settings")
	check(t, err)
	members := files{}
	check(t, fs.WalkDir(source, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(source, path)
		members[path] = string(text)
		return err
	}))
	d := newDevice(t)
	d.facts.OS = "linux"
	d.write("etc/lorafwd/servers.list", "old\n", 0o644)
	given := func(checked bool) func(*job.Job) {
		return func(j *job.Job) {
			j.Check, j.Variables = checked, map[string]string{"server": "lns.example.org", "plan": "US915"}
		}
	}
	for _, c := range []struct {
		check  bool
		reason string
	}{
		{true, "would change 2 of 3 tasks: server, remove the old server list"},
		{false, "changed 2 of 3 tasks: server, remove the old server list"},
		{true, "would change nothing: all 3 tasks are as they should be"},
	} {
		if got := d.run(d.addAs(m, members, given(c.check))); got.Result != job.Succeeded || got.Reason != c.reason {
			t.Errorf("%s (%s)", got.Result, got.Reason)
		}
	}
	const want = "# Written by gateway-settings; changes made by hand are lost.\naddress = lns.example.org\nport = 1700\nplan = US915\n"
	if got, err := os.ReadFile(filepath.Join(d.root, "etc/lorafwd/server.conf")); err != nil || string(got) != want {
		t.Errorf("got %q, %v", got, err)
	}
}
