package tr50

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// login is the auth block of a thing.
func login(key, token string) string {
	return `"auth":{"command":"api.authenticate","params":{"appToken":` + quoted(token) + `,"appId":"app","thingKey":` + quoted(key) + `}}`
}

func TestAThingAuthenticatesAndWorksInOneRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reply := w.api(`{` + login("gw-1", w.token(fleet.OneTime)) + `,"data":{"command":"property.publish","params":{"key":"t","value":1}}}`)
	if reply.Auth == nil || reply.Auth.Failure != nil {
		t.Fatalf("got %+v", reply)
	}
	if a, ok := reply.Answer("data"); !ok || a.Failure != nil {
		t.Errorf("got %+v", reply)
	}
	if got := w.values("gw-1", fleet.Property)["t"]; got.Number != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestASessionIsFoundByHeaderAndByAuthBlock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	session := decode[wire.Authenticated](t, w.api(`{`+login("gw-1", w.token(fleet.OneTime))+`}`).Auth.Params)
	if session.OrgKey == "" {
		t.Error("there is no orgKey")
	}
	for _, reply := range []wire.Reply{
		w.api(`{"1":{"command":"diag.ping"}}`, "sessionId", session.SessionID),
		w.api(`{"auth":{"sessionId":"` + session.SessionID + `"},"1":{"command":"diag.ping"}}`),
	} {
		if a, ok := reply.Answer("1"); !ok || a.Failure != nil {
			t.Errorf("got %+v", reply)
		}
	}
}

func TestTheContentTypeMeansNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user := w.user()
	for _, contentType := range []string{"", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data"} {
		reply := w.api(`{"1":{"command":"diag.ping"}}`, append([]string{"Content-Type", contentType}, user...)...)
		if a, ok := reply.Answer("1"); !ok || a.Failure != nil {
			t.Errorf("with %q: %+v", contentType, reply)
		}
	}
}

func TestARequestWithoutASessionIsRefusedAtItsRoot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, body := range []string{
		`{"1":{"command":"diag.ping"}}`, `{"auth":{"sessionId":"gone"},"1":{"command":"diag.ping"}}`, `{"auth":null,"1":{"command":"diag.ping"}}`,
	} {
		if reply := w.api(body); reply.Failure == nil || reply.Failure.Code != wire.CodeNotAuthenticated {
			t.Errorf("%s: %+v", body, reply)
		}
	}
	if reply := w.api("junk"); reply.Failure == nil || reply.Failure.Code != wire.CodeBadRequest {
		t.Errorf("got %+v", reply)
	}
}

func TestAWrongLoginIsAnsweredInEveryPart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reply := w.api(`{` + login("gw-1", "wrong") + `,"data":{"command":"diag.ping"}}`)
	a, ok := reply.Answer("data")
	if reply.Auth == nil || reply.Auth.Failure == nil || !ok || a.Failure == nil || a.Failure.Code != wire.CodeNotAuthenticated {
		t.Errorf("got %+v", reply)
	}
	reply = w.api(`{"auth":{"command":"api.authenticate","params":{"username":"admin","password":"wrong"}}}`)
	if reply.Auth == nil || reply.Auth.Failure == nil || reply.Auth.Failure.Code != wire.CodeNotAuthenticated {
		t.Errorf("got %+v", reply)
	}
}

func TestARequestBeyondTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if reply := w.api(strings.Repeat(" ", maxMessage+1)); reply.Failure == nil || reply.Failure.Code != wire.CodeLimit {
		t.Errorf("got %+v", reply)
	}
}

func TestAThingOverHTTPPollsItsMailbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	session := decode[wire.Authenticated](t, w.api(`{`+login("gw-1", w.token(fleet.OneTime))+`}`).Auth.Params).SessionID
	w.update(w.release("1.0", 1), "gw-1")
	check := func() []wire.Message {
		a, _ := w.api(`{"c":{"command":"mailbox.check"}}`, "sessionId", session).Answer("c")
		return decode[wire.Mailbox](t, a.Params).Messages
	}
	if mail := check(); len(mail) != 0 {
		t.Fatalf("%d messages before telemetry", len(mail))
	}
	w.api(`{"1":{"command":"property.publish","params":{"key":"t","value":1}}}`, "sessionId", session)
	if mail := check(); len(mail) != 1 {
		t.Fatalf("%d messages after telemetry, want 1", len(mail))
	}
	if mail := check(); len(mail) != 0 {
		t.Errorf("the message was handed out twice")
	}
}

func TestASessionEndsAfterADayWithoutUse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	session := decode[wire.Authenticated](t, w.api(`{`+login("gw-1", w.token(fleet.OneTime))+`}`).Auth.Params).SessionID
	ping := func() *wire.Error { return w.api(`{"1":{"command":"diag.ping"}}`, "sessionId", session).Failure }
	w.clock.Advance(23 * time.Hour)
	if f := ping(); f != nil {
		t.Fatal(f)
	}
	w.clock.Advance(24 * time.Hour)
	if f := ping(); f == nil || f.Code != wire.CodeNotAuthenticated {
		t.Errorf("got %v", f)
	}
}

func TestAUserReadsAnyThing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	user, c := w.user(), w.enrol("gw-1")
	c.ok("property.publish", `{"key":"t","value":1}`)
	c.ok("log.publish", `{"msg":"hello"}`)
	ask := func(command, params string) wire.Answer {
		a, _ := w.api(`{"1":{"command":"`+command+`","params":`+params+`}}`, user...).Answer("1")
		return a
	}
	for command, params := range map[string]string{
		"thing.find": `{"key":"gw-1"}`, "property.current": `{"thingKey":"gw-1","key":"t"}`, "log.list": `{"thingKey":"gw-1"}`,
		"file.list": `{"thingKey":"gw-1"}`, "session.info": `null`, "user.find": `{"username":"admin"}`,
	} {
		if a := ask(command, params); a.Failure != nil {
			t.Errorf("%s: %v", command, a.Failure)
		}
	}
	if a := ask("thing.list", `{"limit":10}`); a.Failure != nil || decode[wire.ThingListed](t, a.Params).Count != 1 {
		t.Errorf("thing.list: %+v", a)
	}
	for command, params := range map[string]string{
		"thing.find": `{"key":"gw-9"}`, "file.get": `{"thingKey":"gw-1","fileName":"none"}`, "method.exec": `{"thingKey":"gw-9","method":"m"}`,
	} {
		if a := ask(command, params); a.Failure == nil || a.Failure.Code != wire.CodeNotFound {
			t.Errorf("%s: %+v, want not found", command, a)
		}
	}
	for command, params := range map[string]string{
		"property.publish": `{"thingKey":"gw-1","key":"t","value":2}`, "mailbox.check": `{}`,
	} {
		if a := ask(command, params); a.Failure == nil || a.Failure.Code != wire.CodeNotAuthorised {
			t.Errorf("%s: %+v, want not authorised", command, a)
		}
	}
}

func TestOnlyPOSTIsTakenOnTheAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r, err := http.NewRequest(http.MethodGet, w.web.URL+"/api", nil)
	w.must(err)
	if status, _ := w.do(r); status != http.StatusMethodNotAllowed {
		t.Errorf("got %d, want 405", status)
	}
}
