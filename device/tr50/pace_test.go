package tr50

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

func TestADeviceThatFloodsOverHTTPIsRefusedAndOthersAreNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	h := New(Options{Control: w.control, RequestsPerSecond: 1, RequestBurst: 2})
	mux := http.NewServeMux()
	h.Routes(mux)
	w.web.Close()
	w.web = httptest.NewServer(mux)
	session := func(key string) string {
		return decode[wire.Authenticated](t, w.api(`{`+login(key, w.token(fleet.OneTime))+`}`).Auth.Params).SessionID
	}
	ping := func(session string) *wire.Error {
		reply := w.api(`{"1":{"command":"diag.ping"}}`, "sessionId", session)
		return reply.Failure
	}
	flood, other := session("gw-1"), session("gw-2")
	if failure := ping(flood); failure != nil {
		t.Errorf("the second request: %v", failure)
	}
	if failure := ping(flood); failure == nil || failure.Code != wire.CodeLimit {
		t.Errorf("the third request: %v", failure)
	}
	if failure := ping(other); failure != nil {
		t.Errorf("another device: %v", failure)
	}
	w.clock.Advance(time.Second)
	if failure := ping(flood); failure != nil {
		t.Errorf("a second later: %v", failure)
	}
}
