package install

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/internal/testprogram"
)

func TestAnHTTPCheckTakesTheProgramThatTheDeviceHas(t *testing.T) {
	get := `{"url":"http://127.0.0.1:1/","attempts":1}`
	created := `{"url":"http://127.0.0.1:1/","attempts":1,"status":201}`
	for _, c := range []struct {
		name, programs, params string
		result                 job.Result
		said                   string
	}{
		{"both", "curl wget", created, job.Succeeded, "curl"},
		{"only wget", "wget", get, job.Succeeded, "wget -q -T 10 -O /dev/null http://127.0.0.1:1/"},
		{"only wget, another status", "wget", created, job.Failed, "this device has no curl, and wget knows only whether the answer is 200"},
		{"none", "", get, job.Failed, "this device has neither curl nor wget; install one"},
	} {
		d := newDevice(t)
		bin := filepath.Join(d.base, "bin")
		check(t, os.Mkdir(bin, 0o755))
		for _, name := range strings.Fields(c.programs) {
			said := map[string]string{"curl": "echo 201"}[name]
			testprogram.Write(t, filepath.Join(bin, name), "#!/bin/sh\necho "+name+" \"$@\"\n"+said+"\n")
		}
		t.Setenv("PATH", bin)
		got := d.run(d.add(manifest(1, act("check.http", c.params)), nil))
		if got.Result != c.result || !strings.Contains(got.Actions[0].Output+got.Reason, c.said) {
			t.Errorf("%s: %s (%s), said %q", c.name, got.Result, got.Reason, got.Actions[0].Output)
		}
	}
}
