package tr50

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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

// watched is a store that counts its writes and whose tokens cannot be used
// while broken is set.
type watched struct {
	control.Store
	writes atomic.Int64
	broken atomic.Bool
}

func (s *watched) Write(ctx context.Context, fn func(context.Context, control.Tx) error) error {
	s.writes.Add(1)
	return s.Store.Write(ctx, func(ctx context.Context, tx control.Tx) error { return fn(ctx, watchedTx{tx, s}) })
}

type watchedTx struct {
	control.Tx
	store *watched
}

func (t watchedTx) UseEnrolmentToken(ctx context.Context, id fleet.TokenID, key string, at time.Time) error {
	if t.store.broken.Load() {
		return errors.New("the disk does not answer")
	}
	return t.Tx.UseEnrolmentToken(ctx, id, key, at)
}

func TestABrokenStoreIsNoBadLogin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	store := &watched{Store: w.store}
	w.control.Store = store
	token := w.token(fleet.OneTime)
	store.broken.Store(true)
	if _, code := w.dial(w.addr, hello{id: "app", user: "gw-1", password: token}); code != 3 {
		t.Errorf("CONNACK %d, want 3: the device tries again", code)
	}
	if n := strings.Count(w.logs.String(), "the disk does not answer"); n != 1 {
		t.Errorf("it was logged %d times, want once: %s", n, w.logs.String())
	}
	if a := w.api(`{` + login("gw-1", token) + `}`).Auth; a == nil || a.Failure == nil || a.Failure.Code != wire.CodeUnavailable {
		t.Errorf("over HTTP: %+v", a)
	}
	store.broken.Store(false)
	w.connect(hello{id: "app", user: "gw-1", password: token}).ok("diag.ping", "")
}

func TestAWrongTokenCausesNoWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	used := w.token(fleet.OneTime)
	w.connect(hello{id: "app", user: "gw-1", password: used})
	w.enrol("gw-2")
	application := w.token(fleet.Application)
	store := &watched{Store: w.store}
	w.control.Store = store
	for _, h := range []hello{
		{id: "app", user: "gw-1", password: "wrong"}, {id: "app", user: "gw-9", password: "wrong"},
		{id: "app", user: "gw-9", password: used}, {id: "app", user: "gw-2", password: application},
	} {
		if _, code := w.dial(w.addr, h); code != 4 {
			t.Errorf("CONNACK %d for %s, want 4", code, h.user)
		}
	}
	if n := store.writes.Load(); n != 0 {
		t.Errorf("there were %d writes, want none", n)
	}
}
