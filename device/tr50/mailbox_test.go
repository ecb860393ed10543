package tr50

import (
	"context"
	"testing"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

func TestADeviceIsToldOfMailWhenItConnects(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := hello{id: "app", user: "gw-1", password: w.token(fleet.OneTime)}
	w.connect(h).Close()
	w.mail("gw-1", "ping")
	c := w.connect(h)
	c.expectNotify()
	if got := c.one(); got.Command != "method.exec" || got.ThingKey != "gw-1" || len(got.ID) != 24 {
		t.Errorf("got %+v", got)
	}
}

func TestADeviceWithoutMailIsToldNothingWhenItConnects(t *testing.T) {
	t.Parallel()
	newWorld(t).enrol("gw-1").expectQuiet()
}

func TestAMethodCallIsHandedOutWithItsParameters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	sent := w.mail("gw-1", "testmethod")
	c.expectNotify()
	got := c.one()
	call := decode[wire.MethodCall](t, got.Params)
	if got.ID != sent.ID || call.Method != "testmethod" || string(call.Params) != `{"a":1}` {
		t.Errorf("got %s %s", got.ID, got.Params)
	}
}

func TestAnEmptyMailboxIsAnEmptyList(t *testing.T) {
	t.Parallel()
	c := newWorld(t).enrol("gw-1")
	if got := string(c.ok("mailbox.check", "")); got != `{"messages":[]}` {
		t.Errorf("got %s", got)
	}
}

func TestAMessageIsNotHandedOutTwiceInASession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	w.mail("gw-1", "ping")
	c.one()
	if again := c.check(""); len(again) != 0 {
		t.Errorf("the second check gave %d messages", len(again))
	}
}

func TestALaterSessionIsHandedWhatTheLostOneDidNotBegin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := hello{id: "app", user: "gw-1", password: w.token(fleet.OneTime)}
	c := w.connect(h)
	begun, lost := w.mail("gw-1", "begun"), w.mail("gw-1", "lost")
	c.check("")
	c.ok("mailbox.update", `{"id":"`+begun.ID+`","msg":"Invoked"}`)
	c.Close()
	again := w.connect(h)
	again.expectNotify()
	if got := again.one(); got.ID != lost.ID {
		t.Errorf("got %s, want %s", got.ID, lost.ID)
	}
}

func TestADeviceIsToldAgainWhenALimitLeftMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	first, second := w.mail("gw-1", "a"), w.mail("gw-1", "b")
	c.expectNotify()
	c.expectNotify()
	if got := c.check(`{"limit":1,"autoComplete":false}`); len(got) != 1 || got[0].ID != first.ID {
		t.Fatalf("the first check gave %+v", got)
	}
	c.expectNotify()
	if got := c.check(`{"limit":1}`); len(got) != 1 || got[0].ID != second.ID {
		t.Fatalf("the second check gave %+v", got)
	}
	c.expectQuiet()
}

func TestALimitOfZeroIsNoLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	w.mail("gw-1", "a")
	w.mail("gw-1", "b")
	if got := c.check(`{"limit":0}`); len(got) != 2 {
		t.Errorf("got %d messages, want 2", len(got))
	}
}

func TestAutoCompleteCompletesByDelivery(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := hello{id: "app", user: "gw-1", password: w.token(fleet.OneTime)}
	c := w.connect(h)
	m := w.mail("gw-1", "ping")
	c.check(`{"autoComplete":true}`)
	c.Close()
	if got, err := w.store.Message(context.Background(), m.ID); err != nil || got.AckedAt.IsZero() {
		t.Errorf("the message is %+v, %v; want it acknowledged", got, err)
	}
	w.connect(h).expectQuiet()
}

func TestALateOrRepeatedAcknowledgementSucceeds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := hello{id: "app", user: "gw-1", password: w.token(fleet.OneTime)}
	c := w.connect(h)
	m := w.mail("gw-1", "ping")
	c.one()
	c.Close()
	later := w.connect(h)
	ack := `{"id":"` + m.ID + `","errorCode":0,"errorMessage":"","params":{"response":"acknowledged"}}`
	later.ok("mailbox.ack", ack)
	later.ok("mailbox.ack", ack)
	later.ok("mailbox.ack", `{"id":"`+m.ID+`","errorCode":4}`)
	got, err := w.store.Message(context.Background(), m.ID)
	w.must(err)
	if got.Answer.ErrorCode != 0 {
		t.Errorf("the later answer replaced the first: %+v", got.Answer)
	}
}

func TestAnErrorCodeMayBeAString(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	good, bad := w.mail("gw-1", "a"), w.mail("gw-1", "b")
	c.check("")
	c.ok("mailbox.ack", `{"id":"`+good.ID+`","errorCode":"0"}`)
	c.ok("mailbox.ack", `{"id":"`+bad.ID+`","errorCode":"19","errorMessage":"no"}`)
	expectAnswer(w, good.ID, 0, "")
	expectAnswer(w, bad.ID, 19, "no")
}

func TestAnAcknowledgementWithoutErrorCodeIsSuccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	// As Intel's client writes it: the thing key, and the result in params.
	m := w.mail("gw-1", "a")
	c.one()
	reply := c.ask("api/42", `{"cmd":{"command":"mailbox.ack","params":{"id":"`+m.ID+`","thingKey":"gw-1","params":{"Time":"now","Response":"ok"}}}}`)
	if a, ok := reply.Answer("cmd"); !ok || a.Failure != nil {
		t.Fatalf("got %+v", reply)
	}
	expectAnswer(w, m.ID, 0, "")
}

func expectAnswer(w *world, id string, code int, message string) {
	w.Helper()
	m, err := w.store.Message(context.Background(), id)
	w.must(err)
	if m.AckedAt.IsZero() || m.Answer.ErrorCode != code || m.Answer.ErrorMessage != message {
		w.Errorf("the answer is %+v at %s, want code %d and %q", m.Answer, m.AckedAt, code, message)
	}
}

func TestAnotherThingsMailDoesNotExist(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol("gw-1")
	m := w.mail("gw-1", "a")
	other := w.enrol("gw-2")
	other.fails(wire.CodeNotFound, "mailbox.ack", `{"id":"`+m.ID+`"}`)
	other.fails(wire.CodeNotFound, "mailbox.update", `{"id":"`+m.ID+`","msg":"Invoked"}`)
	other.fails(wire.CodeNotFound, "mailbox.ack", `{"id":"nothing"}`)
}

func TestThingsCannotSendMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol("gw-1")
	other := w.enrol("gw-2")
	other.fails(wire.CodeNotAuthorised, "method.exec", `{"thingKey":"gw-1","method":"reboot_device"}`)
	other.fails(wire.CodeNotAuthorised, "mailbox.send", `{"thingKey":"gw-1","command":"x"}`)
}

// user signs in over HTTP and returns the header of the session.
func (w *world) user() []string {
	w.Helper()
	reply := w.api(`{"auth":{"command":"api.authenticate","params":{"username":"admin","password":` + quoted(w.password) + `}}}`)
	if reply.Auth == nil || reply.Auth.Failure != nil {
		w.Fatalf("cannot sign in: %+v", reply)
	}
	return []string{"sessionId", decode[wire.Authenticated](w, reply.Auth.Params).SessionID}
}

// exec runs method.exec as a user in the background and returns its answer.
func (w *world) exec(user []string, params string) <-chan wire.Answer {
	done := make(chan wire.Answer, 1)
	go func() {
		defer close(done)
		reply := w.api(`{"cmd":{"command":"method.exec","params":`+params+`}}`, user...)
		if a, ok := reply.Answer("cmd"); ok {
			done <- a
		}
	}()
	return done
}

func TestMethodExecGivesTheDevicesAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user, c := w.user(), w.enrol("gw-1")
	answer := w.exec(user, `{"thingKey":"gw-1","method":"ping","ackTimeout":30,"params":{"x":1}}`)
	c.expectNotify()
	c.ok("mailbox.ack", `{"id":"`+c.one().ID+`","params":{"response":"acknowledged"}}`)
	if a := <-answer; a.Failure != nil || string(a.Params) != `{"response":"acknowledged"}` {
		t.Errorf("got %s, %v", a.Params, a.Failure)
	}
}

func TestMethodExecFailsWithTheDevicesOwnCodeAndOneMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user, c := w.user(), w.enrol("gw-1")
	answer := w.exec(user, `{"thingKey":"gw-1","method":"fail","ackTimeout":30,"parameters":{"bug":true}}`)
	c.expectNotify()
	m := c.one()
	if call := decode[wire.MethodCall](t, m.Params); string(call.Params) != `{"bug":true}` {
		t.Errorf("the parameters under the other name arrived as %s", call.Params)
	}
	c.ok("mailbox.ack", `{"id":"`+m.ID+`","errorCode":19,"errorMessage":"fail and such"}`)
	a := <-answer
	if a.Failure == nil || a.Failure.Code != 19 || a.Failure.Message != "fail and such" {
		t.Fatalf("got %+v", a)
	}
	encoded, err := wire.Reply{Answers: []wire.Answer{a}}.Encode()
	w.must(err)
	if want := `{"cmd":{"success":false,"errorCodes":[19],"errorMessages":["fail and such"]}}`; string(encoded) != want {
		t.Errorf("got %s, want %s", encoded, want)
	}
}

func TestMethodExecWithoutTimeoutGivesTheIDOfTheMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.user()
	c := w.enrol("gw-1")
	a := <-w.exec(user, `{"thingKey":"gw-1","method":"ping","ackTimeout":-1}`)
	if a.Failure != nil {
		t.Fatal(a.Failure)
	}
	if id := decode[wire.MessageID](t, a.Params).ID; id != c.one().ID {
		t.Errorf("got the id %s of another message", id)
	}
}

func TestAMessageIsKeptForItsTTL(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.user()
	c := w.enrol("gw-1")
	<-w.exec(user, `{"thingKey":"gw-1","method":"short","ackTimeout":0,"ttl":60}`)
	<-w.exec(user, `{"thingKey":"gw-1","method":"long","ackTimeout":0,"ttl":-1}`)
	w.clock.Advance(61e9)
	if call := decode[wire.MethodCall](t, c.one().Params); call.Method != "long" {
		t.Errorf("got %s, want the one that is kept for ever", call.Method)
	}
}

func TestWaitingIsBounded(t *testing.T) {
	t.Parallel()
	number := func(n float64) *wire.Number { v := wire.Number(n); return &v }
	for _, x := range []struct {
		in           wire.Waiting
		timeout, ttl int
	}{
		{wire.Waiting{}, 30, 30},
		{wire.Waiting{AckTimeout: number(1e9)}, 300, 300},
		{wire.Waiting{AckTimeout: number(-1)}, 0, 0},
		{wire.Waiting{AckTimeout: number(10), TTL: number(-1)}, 10, 0},
		{wire.Waiting{AckTimeout: number(10), TTL: number(1e300)}, 10, maxTTL},
	} {
		timeout, ttl := waiting(x.in)
		if int(timeout.Seconds()) != x.timeout || int(ttl.Seconds()) != x.ttl {
			t.Errorf("%+v means %s and %s, want %d and %d", x.in, timeout, ttl, x.timeout, x.ttl)
		}
	}
}

func TestAllWaitsTakenIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.user()
	for range maxWaits {
		w.handler.waits <- struct{}{}
	}
	reply := w.api(`{"cmd":{"command":"method.exec","params":{"thingKey":"x","method":"m"}}}`, user...)
	if reply.Failure == nil || reply.Failure.Code != wire.CodeUnavailable {
		t.Errorf("got %+v", reply)
	}
}

func TestAnyCommandIsSentByMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user, c := w.user(), w.enrol("gw-1")
	reply := w.api(`{"cmd":{"command":"mailbox.send","params":{"thingKey":"gw-1","command":"own.command","params":{"y":2},"ackTimeout":0}}}`, user...)
	if a, _ := reply.Answer("cmd"); a.Failure != nil {
		t.Fatal(a.Failure)
	}
	if m := c.one(); m.Command != "own.command" || string(m.Params) != `{"y":2}` {
		t.Errorf("got %+v", m)
	}
}

func TestParametersOfAMessageAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.user()
	w.enrol("gw-1")
	a := <-w.exec(user, `{"thingKey":"gw-1","method":"m","params":{"x":`+quoted(make([]byte, maxParams))+`}}`)
	if a.Failure == nil || a.Failure.Code != wire.CodeLimit {
		t.Errorf("got %+v", a)
	}
}

func TestAUserOverMQTTWaitsBesideOtherRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.colleague("admin@example.com")
	device := w.enrol("gw-1")
	user := w.connect(hello{id: "console", user: u.Name, password: w.password})
	user.publish("api/exec", `{"1":{"command":"method.exec","params":{"thingKey":"gw-1","method":"ping","ackTimeout":60}}}`)
	device.expectNotify()
	user.ok("diag.time", "") // answered while the other waits
	device.ok("mailbox.ack", `{"id":"`+device.one().ID+`","params":{"r":1}}`)
	topic, payload := user.next()
	if topic != "reply/exec" || string(payload) != `{"1":{"success":true,"params":{"r":1}}}` {
		t.Errorf("got %s %s", topic, payload)
	}
}
