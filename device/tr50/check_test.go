package tr50

import (
	"archive/zip"
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

const setPort = `- name: line
  groups: [all]
  tasks:
    - !echo
      msg: "at {{ speed }}"
`

// bundle is a release of a playbook that takes the variable speed.
func (w *world) bundle() fleet.Release {
	w.Helper()
	f, err := w.control.Upload(context.Background(), w.admin, "line.zip", strings.NewReader(zipped(w, map[string]string{
		"bundle.yaml":  "name: line\nversion: 1\nvariables: [{name: speed, type: integer, required: true}]\n",
		"playbook.yml": setPort,
	})))
	w.must(err)
	r, err := w.control.CreateRelease(context.Background(), w.admin, f.ID, false)
	w.must(err)
	return r
}

// A check and the update that applies it are two methods with the same
// parameters; what the device says that it would change is the reason.
func TestACheckIsAMethodOfItsOwnAndItsReasonIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	c.ok("attribute.batch", `{"data":[{"key":"jetporch","value":"true"},{"key":"jetporch_check","value":"true"}]}`)
	r := w.bundle()
	given := map[string]string{"speed": "9600"}
	check, err := w.control.CreateUpdate(context.Background(), w.admin, control.NewUpdate{Type: fleet.JetPorch, ReleaseID: r.ID, Check: true,
		Variables: given, Audience: fleet.Audience{Devices: []string{"gw-1"}}})
	w.must(err)
	answers := func(method, said string) wire.SupUpdate {
		t.Helper()
		c.telemetry()
		c.expectNotify()
		m := c.one()
		call := decode[wire.MethodCall](t, m.Params)
		update := decode[wire.SupUpdate](t, call.Params)
		if m.Command != "method.exec" || call.Method != method || !reflect.DeepEqual(update.Variables, given) || update.SHA256 != r.File.SHA256 {
			t.Fatalf("got %s %s %+v", m.Command, call.Method, update)
		}
		c.ok("mailbox.ack", fmt.Sprintf(`{"id":%q,"errorCode":0,"errorMessage":%q,"params":{"result":"succeeded"}}`, m.ID, said))
		w.expectState("gw-1", fleet.Succeeded)
		if e := w.execution("gw-1"); e.Reason != said {
			t.Errorf("the reason is %q, want %q", e.Reason, said)
		}
		return update
	}
	first := answers("gateway.sup.check", "would change 1 of 1 tasks: line")
	_, err = w.control.ApplyCheck(context.Background(), w.admin, check.ID, "")
	w.must(err)
	second := answers("gateway.sup.update", "changed 1 of 1 tasks: line")
	if second.Execution = first.Execution; !reflect.DeepEqual(first, second) {
		t.Errorf("checked was %+v, applied %+v", first, second)
	}
}

// A device that says no more that it can check is not handed one.
func TestACheckIsNotHandedToADeviceThatWouldApplyIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	c.ok("attribute.batch", `{"data":[{"key":"jetporch","value":"true"},{"key":"jetporch_check","value":"true"}]}`)
	_, err := w.control.CreateUpdate(context.Background(), w.admin, control.NewUpdate{Type: fleet.JetPorch, ReleaseID: w.bundle().ID, Check: true,
		Variables: map[string]string{"speed": "1"}, Audience: fleet.Audience{Devices: []string{"gw-1"}}})
	w.must(err)
	c.ok("attribute.batch", `{"data":[{"key":"jetporch_check","value":"false"}]}`)
	c.telemetry()
	w.expectState("gw-1", fleet.Refused)
	if e := w.execution("gw-1"); e.Reason != "this device cannot check a script without applying it" {
		t.Errorf("got %q", e.Reason)
	}
}

func zipped(w *world, files map[string]string) string {
	w.Helper()
	var b strings.Builder
	z := zip.NewWriter(&b)
	for name, content := range files {
		f, err := z.Create(name)
		w.must(err)
		_, err = f.Write([]byte(content))
		w.must(err)
	}
	w.must(z.Close())
	return b.String()
}
