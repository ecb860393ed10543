package tr50

import (
	"context"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// as signs a user of the role in the unit in over HTTP and returns the header
// of the session.
func (w *world) as(name string, role fleet.Role, unit fleet.UnitID) []string {
	w.Helper()
	u := w.admin.User
	u.Name = name
	w.must(w.store.Write(context.Background(), func(ctx context.Context, tx control.Tx) (err error) {
		if u.ID, err = tx.InsertUser(ctx, u); err != nil {
			return err
		}
		return tx.SetGrant(ctx, u.ID, unit, role)
	}))
	reply := w.api(`{"auth":{"command":"api.authenticate","params":{"username":` + quoted(name) + `,"password":` + quoted(w.password) + `}}}`)
	if reply.Auth == nil || reply.Auth.Failure != nil {
		w.Fatalf("%s cannot sign in: %+v", name, reply)
	}
	return []string{"sessionId", decode[wire.Authenticated](w, reply.Auth.Params).SessionID}
}

// ask runs one command over HTTP.
func (w *world) ask(session []string, command, params string) wire.Answer {
	w.Helper()
	reply := w.api(`{"1":{"command":"`+command+`","params":`+params+`}}`, session...)
	a, ok := reply.Answer("1")
	if !ok {
		w.Fatalf("%s %s: %+v", command, params, reply)
	}
	return a
}

func TestAUserWithoutTheRightReadsNoLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	c.ok("log.publish", `{"msg":"hello"}`)
	viewer, operator := w.as("vera", fleet.ServiceViewer, fleet.Root), w.as("olaf", fleet.ServiceOperator, fleet.Root)
	if a := w.ask(viewer, "log.list", `{"thingKey":"gw-1"}`); a.Failure == nil || a.Failure.Code != wire.CodeNotAuthorised {
		t.Errorf("a viewer: %s, %v; want not authorised", a.Params, a.Failure)
	}
	if a := w.ask(operator, "log.list", `{"thingKey":"gw-1"}`); a.Failure != nil {
		t.Errorf("an operator: %v", a.Failure)
	}
	if lines := decode[wire.Result[wire.LogLine]](t, c.ok("log.list", "")).Result; len(lines) != 1 {
		t.Errorf("the device itself reads %+v", lines)
	}
}

func TestAUserOfAnotherUnitReadsNothingOfAThing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	c.ok("property.publish", `{"key":"k","value":1}`)
	unit, err := w.control.CreateUnit(t.Context(), w.admin, fleet.Root, fleet.Customer, "Acme")
	w.must(err)
	stranger := w.as("sten", fleet.ServiceAdministrator, unit.ID)
	for _, command := range []string{"thing.find", "property.current", "property.history", "alarm.history", "log.list", "file.list"} {
		if a := w.ask(stranger, command, `{"thingKey":"gw-1","key":"k"}`); a.Failure == nil {
			t.Errorf("%s: got %s", command, a.Params)
		}
	}
}
