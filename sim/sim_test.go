package sim_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicehq/sluice/agent/agenttest"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/sim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// world is a server with one file.
type world struct {
	t       *testing.T
	peer    *agenttest.Peer
	content []byte
}

func newWorld(t *testing.T) *world {
	t.Parallel()
	w := &world{t: t, peer: agenttest.New(t), content: make([]byte, 200_000)}
	_, _ = rand.NewChaCha8([32]byte{1}).Read(w.content)
	w.peer.AddFile("lorafwd.sup", w.content)
	return w
}

func (w *world) options(key string) sim.Options {
	return sim.Options{ServerURL: w.peer.HTTPURL(), MQTTURL: w.peer.MQTTURL(), Key: key, Token: "token", Now: time.Now,
		RetryCap: 20 * time.Millisecond}
}

func (w *world) fleet(n int, change func(i int, o *sim.Options)) *sim.Fleet {
	f := sim.Start(n, func(i int) sim.Options {
		o := w.options(fmt.Sprintf("sim-%d", i))
		if change != nil {
			change(i, &o)
		}
		return o
	})
	w.t.Cleanup(f.Close)
	return f
}

func (w *world) send(key, id string) {
	sum := sha256.Sum256(w.content)
	w.peer.Send(key, id, wire.MethodSupUpdate, wire.SupUpdate{Name: "lorafwd", File: "lorafwd.sup", Global: true, Version: "4.0.2",
		SHA256: hex.EncodeToString(sum[:]), Size: int64(len(w.content)), Execution: id})
}

func (w *world) result(id string) string {
	w.t.Helper()
	w.peer.Until("the final report of "+id, func(p *agenttest.Peer) bool { return len(p.Acks(id)) > 0 })
	var r wire.SupResult
	if err := wire.Decode(w.peer.Acks(id)[0].Params, &r); err != nil {
		w.t.Fatal(err)
	}
	return r.Result
}

func TestADeviceGoesThroughThePhasesAndReportsItsOutcome(t *testing.T) {
	w := newWorld(t)
	outcomes := []sim.Outcome{sim.Succeed, sim.Fail, sim.RollBack, sim.Refuse}
	w.fleet(len(outcomes), func(i int, o *sim.Options) { o.Outcome, o.Reason = outcomes[i], "because" })
	for i, o := range outcomes {
		id := fmt.Sprintf("m%d", i)
		w.send(fmt.Sprintf("sim-%d", i), id)
		if got := w.result(id); got != string(o) {
			t.Errorf("%s is reported as %s", o, got)
		}
		if text := string(w.peer.Acks(id)[0].ErrorMessage); o != sim.Succeed && text != "because" {
			t.Errorf("%s is reported with %q", o, text)
		}
	}
	want := []string{"Transfer started", "Transfer completed", "Installation started", "Installation completed"}
	if got := w.peer.Words("m0"); !slices.Equal(got, want) {
		t.Errorf("progress is %q", got)
	}
}

func TestASimulatedDeviceTakesACheckAndInstallsNothing(t *testing.T) {
	w := newWorld(t)
	w.fleet(1, nil)
	sum := sha256.Sum256(w.content)
	w.peer.Send("sim-0", "m1", wire.MethodSupCheck, wire.SupUpdate{Name: "bundle", File: "lorafwd.sup", Global: true, Version: "7",
		SHA256: hex.EncodeToString(sum[:]), Size: int64(len(w.content)), Execution: "m1"})
	result := w.result("m1")
	ack := w.peer.Acks("m1")[0]
	if result != "succeeded" || ack.ErrorCode != 0 || ack.ErrorMessage != "would change nothing: this device is simulated" || !strings.Contains(string(ack.Params), `"check":true`) {
		t.Errorf("the report is %d %q %s", ack.ErrorCode, ack.ErrorMessage, ack.Params)
	}
	w.send("sim-0", "m2") // the attributes that follow it name what is installed
	w.result("m2")
	w.peer.Until("the attributes", func(p *agenttest.Peer) bool { return len(p.Heard(wire.CommandAttributeBatch)) == 2 })
	if text := string(w.peer.Heard(wire.CommandAttributeBatch)[1].Params); strings.Contains(text, "bundle") || !strings.Contains(text, "lorafwd") {
		t.Errorf("got %s", text)
	}
}

func TestABrokenTransferIsResumedWithTheNextConnection(t *testing.T) {
	w := newWorld(t)
	ranges := make(chan string, 8)
	w.peer.Serve(func(_ http.ResponseWriter, r *http.Request, _ []byte) bool {
		ranges <- r.Header.Get("Range")
		return false
	})
	w.fleet(1, func(_ int, o *sim.Options) { o.CutAfter = 50_000 })
	w.send("sim-0", "m1")
	if got := w.result("m1"); got != "succeeded" {
		t.Errorf("the result is %s", got)
	}
	if first, second := <-ranges, <-ranges; first != "" || second != "bytes=50000-" {
		t.Errorf("the device asked for %q and %q", first, second)
	}
	if n := w.peer.Sessions(); n != 2 {
		t.Errorf("%d connections, want 2", n)
	}
}

func TestCorruptContentIsReportedAsAFailure(t *testing.T) {
	w := newWorld(t)
	wrong := slices.Clone(w.content)
	wrong[1000] ^= 1
	w.peer.Serve(func(rw http.ResponseWriter, _ *http.Request, _ []byte) bool {
		_, _ = rw.Write(wrong)
		return true
	})
	w.fleet(1, nil)
	w.send("sim-0", "m1")
	if got := w.result("m1"); got != "failed" || !strings.Contains(string(w.peer.Acks("m1")[0].ErrorMessage), "corrupt") {
		t.Errorf("the result is %s: %s", got, w.peer.Acks("m1")[0].ErrorMessage)
	}
}

func TestReportsCanComeTwiceAndMessagesAreKnownAgain(t *testing.T) {
	w := newWorld(t)
	w.fleet(1, func(_ int, o *sim.Options) { o.Duplicate = true })
	w.send("sim-0", "m1")
	w.peer.Until("two reports", func(p *agenttest.Peer) bool { return len(p.Acks("m1")) == 2 })
	words := len(w.peer.Words("m1"))
	if words != 8 {
		t.Errorf("%d reports of progress, want 8", words)
	}
	w.send("sim-0", "m1")
	w.peer.Until("the kept report", func(p *agenttest.Peer) bool { return len(p.Acks("m1")) == 4 })
	if got := len(w.peer.Words("m1")); got != words {
		t.Errorf("the update was carried out again: %d words", got)
	}
}

func TestAFleetConnectsReportsAndEnds(t *testing.T) {
	w := newWorld(t)
	const n = 50
	f := w.fleet(n, func(_ int, o *sim.Options) { o.Period = 20 * time.Millisecond })
	for i := range n {
		w.send(fmt.Sprintf("sim-%d", i), fmt.Sprintf("m%d", i))
	}
	for i := range n {
		if got := w.result(fmt.Sprintf("m%d", i)); got != "succeeded" {
			t.Errorf("device %d: %s", i, got)
		}
	}
	w.peer.Until("telemetry of every period", func(*agenttest.Peer) bool { return f.Stats().Contacts > 4*n })
	if s := f.Stats(); s.Devices != n || s.Connected != n {
		t.Errorf("stats: %+v", s)
	}
}

func TestASimulatedKerOSGatewaySaysWhatJetPorchNeeds(t *testing.T) {
	w := newWorld(t)
	w.fleet(2, func(i int, o *sim.Options) {
		if i == 0 {
			o.OS, o.OSVersion, o.Version, o.JetPorch = "KerOS", "6.1", "6.1", true
		}
	})
	w.peer.Until("the attributes of both", func(p *agenttest.Peer) bool { return len(p.Heard(wire.CommandAttributeBatch)) == 2 })
	for _, heard := range w.peer.Heard(wire.CommandAttributeBatch) {
		text := string(heard.Params)
		keros := strings.Contains(text, `"key":"os_name","value":"KerOS"`) && strings.Contains(text, `"key":"version","value":"6.1"`) &&
			strings.Contains(text, `"key":"jetporch","value":"true"`) && strings.Contains(text, `"key":"jetporch_check","value":"true"`)
		plain := strings.Contains(text, `"key":"os_name","value":"linux"`) && !strings.Contains(text, "jetporch")
		if keros == strings.Contains(text, "sim-1") || keros == plain {
			t.Errorf("got %s", text)
		}
	}
}
