package tr50

import (
	"context"
	"fmt"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// bind enrols a gateway with a thing that is bound to it.
func (w *world) bind(gateway, child string) *client {
	w.Helper()
	c := w.enrol(gateway)
	c.ok("thing.bind", `{"key":`+quoted(child)+`,"autoDefThingName":"Meter","autoDefTags":["heat"],"autoDefKey":"any"}`)
	return c
}

func TestAGatewaySpeaksForTheThingsThatItBound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.bind("gw-1", "meter-1")
	c.ok("thing.bind", `{"key":"meter-1","bindTo":"gw-1"}`)
	d := w.device("meter-1")
	if d.ParentID != w.device("gw-1").ID || d.State != fleet.DeviceAccepted || d.Name != "Meter" {
		t.Errorf("got %+v", d)
	}
	c.ok("property.publish", `{"thingKey":"meter-1","key":"t","value":21}`)
	c.ok("attribute.batch", `{"thingKey":"meter-1","data":[{"key":"os_name","value":"none"}]}`)
	c.ok("log.publish", `{"thingKey":"meter-1","msg":"hello"}`)
	c.ok("thing.tag.add", `{"thingKey":"meter-1","tags":["roof"]}`)
	c.deliver("thing/meter-1/property/p", "5")
	c.ok("property.publish", `{"key":"t","value":1}`)
	if got := w.values("meter-1", fleet.Property); got["t"].Number != 21 || got["p"].Number != 5 {
		t.Errorf("the thing has %+v", got)
	}
	if got := w.values("gw-1", fleet.Property); len(got) != 1 || got["t"].Number != 1 {
		t.Errorf("its gateway has %+v", got)
	}
	if got := w.lines("meter-1"); len(got) != 1 || len(w.lines("gw-1")) != 0 {
		t.Errorf("the log of the thing is %+v", got)
	}
	v := decode[wire.PropertyValue](t, c.ok("property.current", `{"thingId":`+quoted(d.ID.String())+`,"key":"t"}`))
	found := decode[wire.ThingFound](t, c.ok("thing.find", `{"key":"meter-1"}`))
	if v.Value != 21 || !found.Connected || fmt.Sprint(found.Tags) != "[heat roof]" {
		t.Errorf("got %v and %+v", v, found)
	}
	if status, _ := w.post("/file/"+c.put(`{"thingKey":"meter-1","fileName":"a.log"}`), "x"); status != 200 {
		t.Errorf("the upload: %d", status)
	}
	c.ok("file.get", `{"thingKey":"meter-1","fileName":"a.log"}`)
	c.fails(wire.CodeNotFound, "file.get", `{"fileName":"a.log"}`)
}

func TestAThingOfAnotherGatewayDoesNotExist(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, other := w.bind("gw-1", "meter-1"), w.enrol("gw-2")
	for command, params := range map[string]string{
		"property.publish": `{"thingKey":"meter-1","key":"t","value":1}`, "log.publish": `{"thingKey":"meter-1","msg":"x"}`,
		"file.list": `{"thingKey":"meter-1"}`, "thing.find": `{"key":"meter-1"}`, "thing.unbind": `{"key":"meter-1"}`,
		"attribute.batch": `{"thingKey":"meter-1","data":[]}`, "thing.bind": `{"key":"m","bindTo":"gw-1"}`,
	} {
		other.fails(wire.CodeNotFound, command, params)
	}
	for _, key := range []string{"meter-1", "gw-1", "gw-2"} {
		other.fails(wire.CodeNotAuthorised, "thing.bind", `{"key":`+quoted(key)+`}`)
	}
	other.deliver("thing/meter-1/property/t", "1")
	w.mail("meter-1", "m")
	c.expectNotify()
	if mail := other.check(""); len(mail) != 0 {
		t.Errorf("another gateway is handed %+v", mail)
	}
	other.fails(wire.CodeNotFound, "mailbox.ack", `{"id":`+quoted(c.one().ID)+`,"errorCode":0}`)
	if got := w.values("meter-1", fleet.Property); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestTelemetryOfABoundThingReleasesItsUpdateOverItsGateway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.bind("gw-1", "meter-1")
	w.update(w.release("1.0", 1), "meter-1")
	c.ok("property.publish", `{"key":"t","value":1}`)
	c.expectQuiet() // the gateway's own telemetry does not release it
	w.expectState("meter-1", fleet.Pending)
	c.ok("property.publish", `{"thingKey":"meter-1","key":"t","value":1}`)
	c.expectNotify()
	m := c.one()
	if m.ThingKey != "meter-1" {
		t.Errorf("the message is for %q", m.ThingKey)
	}
	c.ok("mailbox.update", `{"id":`+quoted(m.ID)+`,"msg":"Running Install"}`)
	w.expectState("meter-1", fleet.InstallationStarted)
	c.ok("mailbox.ack", `{"id":`+quoted(m.ID)+`,"errorCode":0}`)
	w.expectState("meter-1", fleet.Succeeded)
}

func TestAGatewayIsToldOfTheMailOfItsThingsWhenItConnects(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.token(fleet.OneTime)
	gateway := hello{id: "app", user: "gw-1", password: token}
	c := w.connect(gateway)
	c.ok("thing.bind", `{"key":"meter-1"}`)
	c.Close()
	sent := w.mail("meter-1", "m")
	c = w.connect(gateway)
	c.expectNotify()
	if m := c.one(); m.ID != sent.ID || m.ThingKey != "meter-1" {
		t.Errorf("got %+v", m)
	}
	c.ok("diag.ping", "")
	w.mail("meter-1", "m")
	c.expectNotify()
}

func TestAThingThatIsUnboundIsOutOfReach(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.bind("gw-1", "meter-1")
	c.ok("thing.unbind", `{"key":"meter-1"}`)
	w.mail("meter-1", "m")
	c.expectQuiet()
	if d := w.device("meter-1"); d.ParentID != 0 || w.control.Connected(d.ID) || len(c.check("")) != 0 {
		t.Errorf("the thing is reached: %+v", d)
	}
	c.fails(wire.CodeNotFound, "property.publish", `{"thingKey":"meter-1","key":"t","value":1}`)
	w.enrol("gw-2").ok("thing.bind", `{"key":"meter-1"}`)
}

func TestAThingWithATokenForItsKeyLeavesItsGateway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.bind("gw-1", "meter-1")
	for _, kind := range []fleet.TokenKind{fleet.OneTime, fleet.Application} {
		if _, code := w.dial(w.addr, hello{id: "app", user: "meter-1", password: w.token(kind)}); code != 4 {
			t.Errorf("a token of any device: code %d, want 4", code)
		}
	}
	token, _, err := w.control.CreateToken(context.Background(), w.admin, control.NewToken{Kind: fleet.OneTime, DeviceKey: "meter-1"})
	w.must(err)
	own := w.connect(hello{id: "app", user: "meter-1", password: token})
	own.ok("property.publish", `{"key":"t","value":1}`)
	c.fails(wire.CodeNotFound, "property.publish", `{"thingKey":"meter-1","key":"t","value":2}`)
	c.fails(wire.CodeNotAuthorised, "thing.bind", `{"key":"meter-1"}`)
	w.mail("meter-1", "m")
	own.expectNotify()
	c.expectQuiet()
}

func TestARejectedThingIsRefusedAndItsGatewayGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.bind("gw-1", "meter-1")
	w.mail("meter-1", "m")
	c.expectNotify()
	w.reject("meter-1")
	c.fails(wire.CodeNotAuthorised, "property.publish", `{"thingKey":"meter-1","key":"t","value":1}`)
	if mail := c.check(""); len(mail) != 0 {
		t.Errorf("it is handed %+v", mail)
	}
	c.fails(wire.CodeNotAuthorised, "thing.bind", `{"key":"meter-1"}`)
	c.ok("property.publish", `{"key":"t","value":1}`)
}

func TestAGatewayThatWaitsBindsThingsThatWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.connect(hello{id: "app", user: "gw-1", password: w.token(fleet.Application)})
	c.ok("thing.bind", `{"key":"meter-1"}`)
	c.ok("property.publish", `{"thingKey":"meter-1","key":"t","value":1}`)
	if d := w.device("meter-1"); d.State != fleet.DevicePending {
		t.Errorf("the thing is %s", d.State)
	}
	c.fails(wire.CodeNotAuthorised, "file.put", `{"thingKey":"meter-1","fileName":"a.log"}`)
	accept := func(key string) {
		_, err := w.control.SetDeviceState(t.Context(), w.admin, w.device(key).ID, fleet.DeviceAccepted)
		w.must(err)
	}
	accept("meter-1")
	w.update(w.release("1.0", 1), "meter-1")
	c.ok("property.publish", `{"thingKey":"meter-1","key":"t","value":1}`)
	c.expectQuiet()
	w.expectState("meter-1", fleet.Pending)
	accept("gw-1")
	c.ok("property.publish", `{"thingKey":"meter-1","key":"t","value":1}`)
	c.expectNotify()
	w.expectState("meter-1", fleet.Sent)
}
