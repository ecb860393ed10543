package tr50

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// tokenFor is a one-time token that is made for the key.
func (w *world) tokenFor(key string) string {
	w.Helper()
	text, _, err := w.control.CreateToken(context.Background(), w.admin, control.NewToken{Kind: fleet.OneTime, DeviceKey: key})
	w.must(err)
	return text
}

func TestANewCredentialEndsTheConnectionOfTheOldOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.enrol("gw-1")
	now := w.connect(hello{id: "other", user: "gw-1", password: w.tokenFor("gw-1")})
	if err := old.expectEnd(); !errors.Is(err, io.EOF) {
		t.Errorf("the old connection ended with %v, want its end", err)
	}
	now.ok("diag.ping", "")
	w.mail("gw-1", "ping")
	now.expectNotify()
}

func TestANewCredentialEndsTheSessionsOverHTTPOfTheOldOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	open := func(token string) string {
		return decode[wire.Authenticated](t, w.api(`{`+login("gw-1", token)+`}`).Auth.Params).SessionID
	}
	ping := func(session string) *wire.Error {
		return w.api(`{"1":{"command":"diag.ping"}}`, "sessionId", session).Failure
	}
	old := open(w.token(fleet.OneTime))
	if f := ping(old); f != nil {
		t.Fatalf("before: %v", f)
	}
	now := open(w.tokenFor("gw-1"))
	if f := ping(old); f == nil || f.Code != wire.CodeNotAuthenticated {
		t.Errorf("the old session: %v, want not authenticated", f)
	}
	if f := ping(now); f != nil {
		t.Errorf("the new session: %v", f)
	}
}

func TestASessionDoesNotComeBackWhenItsDeviceIsLetInAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := decode[wire.Authenticated](t, w.api(`{`+login("gw-1", w.token(fleet.OneTime))+`}`).Auth.Params).SessionID
	w.must(w.control.Decommission(t.Context(), w.admin, w.device("gw-1").ID))
	w.connect(hello{id: "app", user: "gw-1", password: w.tokenFor("gw-1")})
	if f := w.api(`{"1":{"command":"diag.ping"}}`, "sessionId", old).Failure; f == nil || f.Code != wire.CodeNotAuthenticated {
		t.Errorf("got %v, want not authenticated", f)
	}
}
