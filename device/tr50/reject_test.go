package tr50

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

func (w *world) reject(key string) {
	w.Helper()
	_, err := w.control.SetDeviceState(context.Background(), w.admin, w.device(key).ID, fleet.DeviceRejected)
	w.must(err)
}

func TestADeviceThatIsRejectedLosesItsConnectionAndItsFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("note.txt", []byte("a note"))
	c, other := w.enrol("gw-1"), w.enrol("gw-2")
	down, up := c.ticket("note.txt").FileID, c.put(`{"fileName":"a.log"}`)
	if resp := w.get(down, "bytes=0-1"); resp.StatusCode != http.StatusPartialContent {
		t.Fatalf("before: got %s", resp.Status)
	}
	w.reject("gw-1")
	if err := c.expectEnd(); !errors.Is(err, io.EOF) {
		t.Errorf("the connection ended with %v, want its end", err)
	}
	if resp := w.get(down, "bytes=2-"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("its download goes on: %s", resp.Status)
	}
	if status, text := w.post("/file/"+up, "a log"); status != http.StatusForbidden || !strings.Contains(text, "the device is rejected, not accepted") {
		t.Errorf("its upload: got %d %s", status, text)
	}
	other.ok("diag.ping", "")
}

func TestARejectedDeviceLosesItsSessionOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := decode[wire.Authenticated](t, w.api(`{`+login("gw-1", w.token(fleet.OneTime))+`}`).Auth.Params).SessionID
	if reply := w.api(`{"1":{"command":"diag.ping"}}`, "sessionId", id); reply.Failure != nil {
		t.Fatalf("before: %v", reply.Failure)
	}
	w.reject("gw-1")
	reply := w.api(`{"1":{"command":"diag.ping"}}`, "sessionId", id)
	if reply.Failure == nil || reply.Failure.Code != wire.CodeNotAuthenticated {
		t.Errorf("got %+v", reply)
	}
}

func TestAThingThatIsDeletedIsOutOfService(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, token := w.enrol("gw-1"), w.token(fleet.OneTime)
	w.update(w.release("1.0", 1), "gw-1")
	a, _ := w.api(`{"1":{"command":"thing.delete","params":{"key":"gw-1"}}}`, w.user()...).Answer("1")
	if a.Failure != nil {
		t.Fatal(a.Failure)
	}
	if err := c.expectEnd(); !errors.Is(err, io.EOF) {
		t.Errorf("the connection ended with %v, want its end", err)
	}
	if e := w.execution("gw-1"); e.State != fleet.Refused || e.Reason != "the device was decommissioned" {
		t.Errorf("its update is %s: %s", e.State, e.Reason)
	}
	for _, kind := range []string{token, w.token(fleet.Application)} {
		if _, code := w.dial(w.addr, hello{id: "app", user: "gw-1", password: kind}); code != 4 {
			t.Errorf("a token of any device: code %d, want 4", code)
		}
	}
	mine, _, err := w.control.CreateToken(t.Context(), w.admin, control.NewToken{Kind: fleet.OneTime, DeviceKey: "gw-1"})
	w.must(err)
	w.connect(hello{id: "app", user: "gw-1", password: mine}).ok("diag.ping", "")
	w.connect(hello{id: "new", user: "gw-9", password: token}).ok("diag.ping", "")
}
