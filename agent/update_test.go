package agent_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/agent"
	"github.com/sluicehq/sluice/agent/agenttest"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

func TestAnUpdateIsFetchedInstalledAndConfirmed(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.send("m1", "lorafwd", w.pack("lorafwd", 100_000, nil))
	w.succeeds("m1")
	_, result := w.result("m1")
	var c job.Confirmation
	if err := json.Unmarshal(result.Confirmation, &c); err != nil || c.Package != "lorafwd" || len(c.Actions) != 2 {
		t.Errorf("the confirmation is %s (%v)", result.Confirmation, err)
	}
	want := []string{"Transfer started", "Transfer completed", "Installation started", "Installation completed"}
	if got := w.peer.Words("m1"); !slices.Equal(got, want) {
		t.Errorf("progress is %q, want %q", got, want)
	}
	logs := w.peer.Logs()
	if len(logs) != 3 || !strings.HasPrefix(logs[1], "sup lorafwd 4.0.2: action 2/2 file.install ") || !strings.HasSuffix(logs[1], ": ok") {
		t.Errorf("the log is %q", logs)
	}
	audit, err := os.ReadFile(filepath.Join(w.layout.Logs(), "audit.log"))
	if err != nil || !strings.Contains(string(audit), logs[1]) {
		t.Errorf("the device's audit log lacks %q: %s", logs[1], audit)
	}
	w.peer.Until("the new package is among the attributes", func(p *agenttest.Peer) bool {
		return slices.ContainsFunc(p.Heard(wire.CommandAttributeBatch), func(h agenttest.Heard) bool {
			return strings.Contains(string(h.Params), `{\"name\":\"lorafwd\",\"version\":\"4.0.2\"}`)
		})
	})
	w.reportedOnce("m1")
	if n := len(w.peer.Acks("m1")); n != 1 {
		t.Errorf("%d final reports, want 1", n)
	}
}

func TestAttributesAndTelemetryComeWithTheFirstContact(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.peer.Until("telemetry", func(p *agenttest.Peer) bool { return len(p.Heard(wire.CommandPropertyBatch)) > 0 })
	attributes := string(w.peer.Heard(wire.CommandAttributeBatch)[0].Params)
	for _, want := range []string{`"os_name"`, `"architecture"`, `"iStation"`, `"gateway"`, `"telemetry_interval","value":"3600"`, `"installed_packages"`} {
		if !strings.Contains(attributes, want) {
			t.Errorf("the attributes lack %s: %s", want, attributes)
		}
	}
	telemetry := string(w.peer.Heard(wire.CommandPropertyBatch)[0].Params)
	for _, want := range []string{"cpu_percent", "memory_percent", "disk_percent", "uptime"} {
		if !strings.Contains(telemetry, want) {
			t.Errorf("the telemetry lacks %s: %s", want, telemetry)
		}
	}
}

func TestAPackageOfAnotherKeyIsRefused(t *testing.T) {
	w := newWorld(t)
	other, err := sup.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	w.start()
	w.send("m1", "lorafwd", w.packBy(other, "lorafwd", 100, nil))
	w.isRefused("m1", "signed by 0 trusted keys")
}

func TestAPackageForAnotherModelIsRefusedWithTheReason(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.send("m1", "lorafwd", w.pack("lorafwd", 100, func(m *sup.Manifest) { m.Compatibility.Models = []string{"iFemtoCell"} }))
	w.isRefused("m1", "iFemtoCell")
}

func (w *world) isRefused(id, reason string) {
	w.t.Helper()
	ack, result := w.result(id)
	if ack.ErrorCode == 0 || result.Result != "refused" || !strings.Contains(string(ack.ErrorMessage), reason) {
		w.t.Errorf("the report is %d %q %s, want refused for %q", ack.ErrorCode, ack.ErrorMessage, result.Result, reason)
	}
	w.t.Logf("refused: %s", ack.ErrorMessage)
	if w.begun() != 0 {
		w.t.Error("the package was begun")
	}
	w.reportedOnce(id)
}

func TestTheSameMessageTwiceIsOneUpdate(t *testing.T) {
	w := newWorld(t)
	w.hold()
	w.start()
	pack := w.pack("lorafwd", 100, nil)
	w.send("m1", "lorafwd", pack)
	w.untilFile("begun")
	w.send("m1", "lorafwd", pack) // while it is installed
	w.peer.Until("the message is taken again", func(p *agenttest.Peer) bool { return len(p.Heard(wire.CommandMailboxCheck)) >= 4 })
	w.release()
	w.succeeds("m1")
	w.send("m1", "lorafwd", pack) // after it was finished
	before := len(w.peer.Acks("m1"))
	w.peer.Until("the kept result comes again", func(p *agenttest.Peer) bool { return len(p.Acks("m1")) > before })
	w.reportedOnce("m1")
	if n := w.begun(); n != 2 { // m1 and the next one
		t.Errorf("the package's script ran %d times, want 2", n)
	}
}

func TestUnknownMethodsAndWrongParametersAreAnswered(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.peer.Send(deviceKey, "m1", "no.such.method", nil)
	w.peer.Send(deviceKey, "m2", wire.MethodSupUpdate, map[string]any{"file": "x", "sha256": "zz", "size": 5})
	w.peer.Send(deviceKey, "m3", agent.MethodPing, nil)
	for id, want := range map[string]wire.Code{"m1": wire.StatusNotFound, "m2": wire.StatusBadParameter, "m3": wire.StatusSuccess} {
		w.peer.Until("an answer to "+id, func(p *agenttest.Peer) bool { return len(p.Acks(id)) == 1 })
		if got := w.peer.Acks(id)[0].ErrorCode; got != want {
			t.Errorf("%s is answered with %d, want %d", id, got, want)
		}
	}
}

func TestJobsWaitInOrderAndOldOnesAreRemoved(t *testing.T) {
	w := newWorld(t)
	ids := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m"}
	for _, id := range ids {
		w.send(id, "package-"+id, w.pack("package-"+id, 10, nil))
	}
	w.start()
	w.succeeds(ids[len(ids)-1])
	var order []string
	for _, h := range w.peer.Heard(wire.CommandMailboxAck) {
		var ack wire.MailboxAck
		if err := wire.Decode(h.Params, &ack); err != nil {
			t.Fatal(err)
		}
		order = append(order, ack.ID)
	}
	if !slices.Equal(order, ids) {
		t.Errorf("the order of reports is %q", order)
	}
	w.reportedOnce("m")
	folders, err := os.ReadDir(w.layout.Jobs())
	if err != nil || len(folders) > 11 {
		t.Errorf("%d job folders are kept (%v)", len(folders), err)
	}
}

func TestAPackageThatDoesNotFitIsNotFetched(t *testing.T) {
	w := newWorld(t)
	w.start()
	u := update("lorafwd", w.pack("lorafwd", 10, nil))
	u.Size = 1 << 50
	w.peer.Send(deviceKey, "m1", wire.MethodSupUpdate, u)
	ack, result := w.result("m1")
	if ack.ErrorCode != wire.StatusFull || result.Result != "failed" || !strings.Contains(string(ack.ErrorMessage), "no room") {
		t.Errorf("the report is %d %q %s", ack.ErrorCode, ack.ErrorMessage, result.Result)
	}
	w.reportedOnce("m1")
}

func TestAFileThatTheServerLacksEndsTheUpdate(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.peer.Send(deviceKey, "m1", wire.MethodSupUpdate, update("nowhere", w.pack("nowhere", 10, nil)))
	ack, result := w.result("m1")
	if ack.ErrorCode != wire.StatusNotFound || result.Result != "failed" {
		t.Errorf("the report is %d %q %s", ack.ErrorCode, ack.ErrorMessage, result.Result)
	}
	w.reportedOnce("m1")
}
