package tr50

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

func TestAReplyHasTheSuffixOfItsRequestToTheLetter(t *testing.T) {
	t.Parallel()
	c := newWorld(t).enrol("gw-1")
	for _, topic := range []string{"api", "api/0001", "api/10000", "api/1", "api/a b/c", "api/"} {
		c.ask(topic, `{"1":{"command":"diag.ping"}}`) // compares the topic of the reply
	}
}

func TestACompressedRequestHasACompressedReply(t *testing.T) {
	t.Parallel()
	c := newWorld(t).enrol("gw-1")
	c.publish("apiz/7", string(wire.Deflate([]byte(`{"1":{"command":"diag.echo","params":{"x":1}}}`))))
	topic, payload := c.next()
	if topic != "replyz/7" {
		t.Fatalf("the reply came on %s, want replyz/7", topic)
	}
	plain, err := wire.Inflate(payload, maxMessage)
	if err != nil || string(plain) != `{"1":{"success":true,"params":{"x":1}}}` {
		t.Fatalf("got %s, %v", plain, err)
	}
}

func TestSeveralCommandsAreAnsweredInTheirOrderUnderTheirIDs(t *testing.T) {
	t.Parallel()
	c := newWorld(t).enrol("gw-1")
	reply := c.ask("api/1", `{"z":{"command":"diag.ping"},"257":{"command":"no.such"},"a":{"command":"diag.echo","params":{"n":2}}}`)
	if len(reply.Answers) != 3 {
		t.Fatalf("got %d answers, want 3", len(reply.Answers))
	}
	for i, id := range []string{"z", "257", "a"} {
		if reply.Answers[i].ID != id {
			t.Errorf("answer %d has the id %s, want %s", i, reply.Answers[i].ID, id)
		}
	}
	if reply.Answers[1].Failure == nil || string(reply.Answers[2].Params) != `{"n":2}` {
		t.Errorf("got %+v", reply.Answers)
	}
}

func TestNoSubscribeIsNeeded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1") // the client of these tests never sends one
	c.ok("diag.ping", "")
	w.mail("gw-1", "ping")
	c.expectNotify()
}

func TestTwoThingsWithOneClientIDBothStayOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.connect(hello{id: "intel-manageability", user: "gw-a", password: w.token(fleet.OneTime)})
	b := w.connect(hello{id: "intel-manageability", user: "gw-b", password: w.token(fleet.OneTime)})
	a.ok("diag.ping", "")
	b.ok("diag.ping", "")
}

func TestOnlyTheSameThingAndClientIDTakesASessionOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := hello{id: "app", user: "gw-1", password: w.token(fleet.OneTime)}
	first := w.connect(h)
	other := w.enrol("gw-2")
	second := w.connect(h)
	if err := first.expectEnd(); !errors.Is(err, io.EOF) {
		t.Fatalf("the first connection ended with %v, want its end", err)
	}
	other.ok("diag.ping", "")
	second.ok("diag.ping", "")
	w.mail("gw-1", "ping")
	second.expectNotify()
	if !w.control.Connected(w.device("gw-1").ID) {
		t.Error("the device is not connected after the takeover")
	}
}

func TestMQTT31WithAKeptSessionAndACutClientIDIsAccepted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	key := "0123456789abcdef0123456789-device"
	c := w.connect(hello{name: "MQIsdp", level: 3, kept: true, id: key[:23], user: key, password: w.token(fleet.Application)})
	c.ok("property.publish", `{"thingKey":"`+key+`","key":"t","value":1}`)
}

func TestAnAppIDThatDoesNotMatchIsRefusedAndNotedOnTheDevice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.token(fleet.OneTime)
	w.connect(hello{id: "mine", user: "gw-1", password: token})
	if _, code := w.dial(w.addr, hello{id: "theirs", user: "gw-1", password: token}); code != 5 {
		t.Fatalf("CONNACK %d, want 5", code)
	}
	if lines := w.lines("gw-1"); len(lines) != 1 || lines[0].Text != "appId mis-match, possible device hi-jacking." {
		t.Fatalf("the log of the device is %+v", lines)
	}
}

func TestAWrongTokenIsABadLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol("gw-1")
	for _, h := range []hello{{id: "app", user: "gw-1", password: "wrong"}, {id: "app", user: "gw-2", password: "wrong"}} {
		if _, code := w.dial(w.addr, h); code != 4 {
			t.Errorf("CONNACK %d for %s, want 4", code, h.user)
		}
	}
}

func TestARejectedDeviceIsNotAuthorised(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := hello{id: "app", user: "gw-1", password: w.token(fleet.OneTime)}
	w.connect(h)
	_, err := w.control.SetDeviceState(context.Background(), w.admin, w.device("gw-1").ID, fleet.DeviceRejected)
	w.must(err)
	if _, code := w.dial(w.addr, h); code != 5 {
		t.Fatalf("CONNACK %d, want 5", code)
	}
}

func TestAnUnknownThingWithAnApplicationTokenIsPendingAndGetsNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("base.bin", []byte("content"))
	c := w.connect(hello{id: "app", user: "gw-1", password: w.token(fleet.Application)})
	if got := w.device("gw-1").State; got != fleet.DevicePending {
		t.Fatalf("the device is %s, want pending", got)
	}
	c.ok("property.publish", `{"key":"t","value":20}`)
	if v := w.values("gw-1", fleet.Property)["t"]; v.Number != 20 {
		t.Errorf("what a pending device publishes is %+v, want 20", v)
	}
	if mail := c.check(""); len(mail) != 0 {
		t.Errorf("its mailbox has %d messages", len(mail))
	}
	c.fails(wire.CodeNotAuthorised, "file.get", `{"fileName":"base.bin","global":true}`)
	c.fails(wire.CodeNotAuthorised, "file.put", `{"fileName":"x"}`)
}

func TestAOneTimeTokenAcceptsOneThingOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.token(fleet.OneTime)
	w.connect(hello{id: "app", user: "gw-1", password: token})
	if got := w.device("gw-1").State; got != fleet.DeviceAccepted {
		t.Fatalf("the device is %s, want accepted", got)
	}
	if _, code := w.dial(w.addr, hello{id: "app", user: "gw-2", password: token}); code != 4 {
		t.Fatalf("CONNACK %d for a second thing, want 4", code)
	}
	w.connect(hello{id: "app", user: "gw-1", password: token}).ok("diag.ping", "")
}

func TestAUserConnectsWithEMailAndPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.colleague("admin@example.com")
	w.enrol("gw-1")
	c := w.connect(hello{id: "console", user: u.Name, password: w.password})
	if found := decode[wire.ThingFound](t, c.ok("thing.find", `{"key":"gw-1"}`)); found.Key != "gw-1" || !found.Connected {
		t.Errorf("got %+v", found)
	}
	if _, code := w.dial(w.addr, hello{id: "console", user: u.Name, password: "wrong"}); code != 4 {
		t.Errorf("CONNACK %d for a wrong password, want 4", code)
	}
}

func TestATLS12ClientIsServedAndLeftWithCloseNotify(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	https := httptest.NewTLSServer(nil)
	defer https.Close()
	addr := w.listen(func(l net.Listener) net.Listener {
		return tls.NewListener(l, &tls.Config{Certificates: https.TLS.Certificates, MinVersion: tls.VersionTLS12})
	})
	dial := func(h hello) *client {
		conn, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12})
		w.must(err)
		c, code := open(t, conn, h)
		if code != 0 {
			t.Fatalf("CONNACK %d, want 0", code)
		}
		return c
	}
	h := hello{id: "app", user: "gw-1", password: w.token(fleet.OneTime)}
	first := dial(h)
	first.ok("diag.ping", "")
	dial(h).ok("diag.ping", "")
	// Without close_notify the client would see an unexpected end.
	if err := first.expectEnd(); err != io.EOF {
		t.Fatalf("the connection ended with %v, want close_notify", err)
	}
}

func TestAMessageThatIsNoRequestIsRefusedAtItsRoot(t *testing.T) {
	t.Parallel()
	c := newWorld(t).enrol("gw-1")
	for _, payload := range []string{"", "[]", "{", `"x"`, "\x00\xff"} {
		if reply := c.ask("api/1", payload); reply.Failure == nil || reply.Failure.Code != wire.CodeBadRequest {
			t.Errorf("%q was answered with %+v", payload, reply)
		}
	}
	c.publish("api", strings.Repeat("[", 100_000))
	if topic, _ := c.next(); topic != "reply" {
		t.Errorf("the reply came on %s", topic)
	}
}

func TestAnUnknownCommandIsAnswered(t *testing.T) {
	t.Parallel()
	c := newWorld(t).enrol("gw-1")
	c.fails(wire.CodeUnknownCommand, "campaign.create", "")
	c.fails(wire.CodeUnknownCommand, "", "")
}

func TestADefectInACommandIsAnsweredAndLoggedOnce(t *testing.T) {
	w := newWorld(t)
	c := w.enrol("gw-1")
	m := w.handler.message(t.Context(), &session{device: w.device("gw-1").ID, key: "gw-1"})
	m.answers = make([]wire.Answer, 0) // answer 0 does not exist: a defect
	if failure := m.command(context.Background(), 0, wire.Command{Command: "diag.time"}); failure == nil || failure.Message != "internal error" {
		t.Fatalf("got %v, want an internal error", failure)
	}
	if n := strings.Count(w.logs.String(), "command panicked"); n != 1 {
		t.Errorf("it was logged %d times, want once", n)
	}
	c.ok("diag.ping", "")
}
