package tr50

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// confirmed is an acknowledgement with a confirmation.
func confirmed(id string) string {
	return `{"id":"` + id + `","errorCode":0,"errorMessage":"","params":{"result":"succeeded","confirmation":{"result":"succeeded","actions":[]}}}`
}

func (c *client) telemetry() {
	c.Helper()
	c.ok("property.publish", `{"key":"temperature","value":20}`)
}

func (c *client) progress(id string, p wire.Progress) {
	c.Helper()
	c.ok("mailbox.update", `{"id":"`+id+`","msg":"`+p.Msg("so far")+`"}`)
}

func TestAnUpdateIsSentInAnswerToTelemetryAndConfirmed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	r := w.release("1.0", 1)
	w.update(r, "gw-1")

	c.expectQuiet()
	if mail := c.check(""); len(mail) != 0 {
		t.Fatalf("%d messages before telemetry", len(mail))
	}
	w.expectState("gw-1", fleet.Pending)

	c.telemetry()
	c.expectNotify()
	w.expectState("gw-1", fleet.Sent)
	m := c.one()
	call := decode[wire.MethodCall](t, m.Params)
	got := decode[wire.SupUpdate](t, call.Params)
	want := wire.SupUpdate{Name: "base", File: "base.sup", Global: true, Version: "1.0", SHA256: r.File.SHA256, Size: r.File.Size,
		Execution: w.execution("gw-1").ID.String()}
	if m.Command != "method.exec" || call.Method != "gateway.sup.update" || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %s %+v, want %+v", call.Method, got, want)
	}

	for _, step := range []struct {
		word  wire.Progress
		state fleet.State
	}{
		{wire.TransferStarted, fleet.TransferStarted}, {wire.TransferCompleted, fleet.TransferCompleted},
		{wire.InstallationStarted, fleet.InstallationStarted}, {wire.InstallationCompleted, fleet.InstallationCompleted},
	} {
		c.progress(m.ID, step.word)
		w.expectState("gw-1", step.state)
	}
	c.ok("mailbox.ack", confirmed(m.ID))
	w.expectState("gw-1", fleet.Succeeded)
	if e := w.execution("gw-1"); !strings.Contains(string(e.Confirmation), `"succeeded"`) {
		t.Errorf("the confirmation is %s", e.Confirmation)
	}
}

func TestEveryKindOfPublishingIsTelemetry(t *testing.T) {
	t.Parallel()
	for command, params := range map[string]string{
		"property.publish": `{"key":"k","value":1}`, "property.batch": `{"data":[]}`, "attribute.publish": `{"key":"k","value":"v"}`,
		"attribute.batch": `{"data":[]}`, "alarm.publish": `{"key":"k","state":1}`, "alarm.batch": `{"data":[]}`,
		"location.publish": `{"lat":1,"lng":1}`, "location.batch": `{"data":[]}`,
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c := w.enrol("gw-1")
			w.update(w.release("1.0", 1), "gw-1")
			c.ok(command, params)
			c.expectNotify()
			w.expectState("gw-1", fleet.Sent)
		})
	}
}

func TestABareValueIsTelemetry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	w.update(w.release("1.0", 1), "gw-1")
	c.deliver("thing/self/property/t", "1")
	c.expectNotify()
	w.expectState("gw-1", fleet.Sent)
}

func TestWhatIsNoTelemetryGetsNoUpdate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	w.update(w.release("1.0", 1), "gw-1")
	c.ok("log.publish", `{"msg":"m"}`)
	c.ok("mailbox.check", "")
	c.call("property.current", `{"key":"k"}`)
	c.call("property.publish", `{"key":"k"}`) // refused: it has no value
	c.expectQuiet()
	w.expectState("gw-1", fleet.Pending)
}

func TestMessagesDeliveredTwiceEndOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	w.update(w.release("1.0", 1), "gw-1")
	c.telemetry()
	c.telemetry()
	m := c.one()
	c.progress(m.ID, wire.TransferStarted)
	c.progress(m.ID, wire.TransferStarted)
	c.ok("mailbox.ack", confirmed(m.ID))
	c.ok("mailbox.ack", confirmed(m.ID))
	c.ok("mailbox.ack", `{"id":"`+m.ID+`","errorCode":"0"}`)
	w.expectState("gw-1", fleet.Succeeded)
	if n := w.finals("gw-1"); n != 1 {
		t.Errorf("the execution ended %d times", n)
	}
	c.telemetry()
	if mail := c.check(""); len(mail) != 0 {
		t.Errorf("%d messages after the end", len(mail))
	}
}

// finals counts how often the newest execution reached a final state.
func (w *world) finals(key string) int {
	w.Helper()
	events, err := w.store.ExecutionEvents(context.Background(), w.execution(key).ID, control.Page{Limit: 1000}, false)
	w.must(err)
	n := 0
	for i, e := range events {
		if e.State.Final() && (i == 0 || !events[i-1].State.Final()) {
			n++
		}
	}
	return n
}

func TestALaterContradictionIsAMismatch(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	w.update(w.release("1.0", 1), "gw-1")
	c.telemetry()
	m := c.one()
	c.ok("mailbox.ack", confirmed(m.ID))
	c.ok("mailbox.ack", `{"id":"`+m.ID+`","errorCode":4,"errorMessage":"it did not work"}`)
	w.expectState("gw-1", fleet.Succeeded)
	events, err := w.store.ExecutionEvents(context.Background(), w.execution("gw-1").ID, control.Page{Limit: 1000}, false)
	w.must(err)
	if last := events[len(events)-1]; !last.Mismatch || last.Detail != "it did not work" {
		t.Errorf("the last event is %+v, want a mismatch", last)
	}
}

func TestAnUpdateOutlivesARestartOfTheServer(t *testing.T) {
	t.Parallel()
	w := newWorldOnDisk(t)
	h := hello{id: "app", user: "gw-1", password: w.token(fleet.OneTime)}
	c := w.connect(h)
	w.update(w.release("1.0", 1), "gw-1")
	c.telemetry()
	c.expectNotify()
	w.restart() // sent, not fetched
	c = w.connect(h)
	c.expectNotify()
	m := c.one()
	c.progress(m.ID, wire.TransferStarted)
	w.restart() // begun: not handed out again
	c = w.connect(h)
	c.expectQuiet()
	if mail := c.check(""); len(mail) != 0 {
		t.Fatalf("%d messages were handed out again", len(mail))
	}
	c.ok("mailbox.ack", confirmed(m.ID))
	w.restart() // ended: the answer may come again
	c = w.connect(h)
	c.ok("mailbox.ack", confirmed(m.ID))
	w.expectState("gw-1", fleet.Succeeded)
	if n := w.finals("gw-1"); n != 1 {
		t.Errorf("the execution ended %d times", n)
	}
}

func TestADevicesRefusalKeepsItsSentence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	w.update(w.release("1.0", 1), "gw-1")
	c.telemetry()
	c.ok("mailbox.ack", `{"id":"`+c.one().ID+`","errorCode":4,"errorMessage":"no key of ours signed it","params":{"result":"refused"}}`)
	if e := w.execution("gw-1"); e.State != fleet.Refused || e.Reason != "no key of ours signed it" {
		t.Errorf("the execution is %s (%s)", e.State, e.Reason)
	}
}

func TestAutoCompleteDoesNotEndAnUpdate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	w.update(w.release("1.0", 1), "gw-1")
	c.telemetry()
	mail := c.check(`{"autoComplete":true}`)
	w.expectState("gw-1", fleet.Sent)
	c.ok("mailbox.ack", confirmed(mail[0].ID))
	w.expectState("gw-1", fleet.Succeeded)
}

func TestTheWindRiverClientsWordsAreUnderstood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	w.update(w.release("1.0", 1), "gw-1")
	c.telemetry()
	id := c.one().ID
	// Its threads send in any order (TR50 2.1).
	for _, msg := range []string{"Started OTA Update", "Invoked", "Running Install", "Running Pre-Install", "Install Successful", "Update Successful"} {
		c.ok("mailbox.update", `{"id":"`+id+`","msg":"`+msg+`"}`)
	}
	w.expectState("gw-1", fleet.InstallationCompleted)
	c.ok("mailbox.ack", `{"id":"`+id+`","errorCode":0,"errorMessage":""}`)
	w.expectState("gw-1", fleet.Succeeded)
	c.ok("mailbox.ack", `{"id":"`+id+`","errorCode":"0"}`) // again at its next start
	if n := w.finals("gw-1"); n != 1 {
		t.Errorf("the execution ended %d times", n)
	}
}

func TestAnAcknowledgementThatSaysInvokedIsNoEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	w.update(w.release("1.0", 1), "gw-1")
	c.telemetry()
	id := c.one().ID
	c.ok("mailbox.ack", `{"id":"`+id+`","errorCode":1,"errorMessage":"Invoked"}`)
	w.expectState("gw-1", fleet.InstallationStarted)
	c.ok("mailbox.ack", confirmed(id))
	w.expectState("gw-1", fleet.Succeeded)
}

func TestALateAnswerToTheFirstAttemptDoesNotEndTheSecond(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	r := w.release("1.0", 1)
	_, err := w.control.CreateUpdate(context.Background(), w.admin,
		control.NewUpdate{Type: fleet.SUP, ReleaseID: r.ID, Retries: 1, Audience: fleet.Audience{Devices: []string{"gw-1"}}})
	w.must(err)
	c.telemetry()
	first := c.one().ID
	c.ok("mailbox.ack", `{"id":"`+first+`","errorCode":4,"errorMessage":"it broke"}`)
	w.expectState("gw-1", fleet.Pending)
	c.telemetry()
	second := c.one().ID
	// The Wind River client acknowledges again when it starts, always with "0".
	c.ok("mailbox.ack", `{"id":"`+first+`","errorCode":"0"}`)
	w.expectState("gw-1", fleet.Sent)
	c.ok("mailbox.ack", confirmed(second))
	w.expectState("gw-1", fleet.Succeeded)
}
