package storetest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// message puts a message into the mailbox of the device.
func (w *world) message(d fleet.Device, id string, change func(m *fleet.Message)) fleet.Message {
	w.Helper()
	m := fleet.Message{
		ID: id, DeviceID: d.ID, DeviceKey: d.Key, Command: "method.exec", Params: json.RawMessage(`{"method": "läuft"}`), CreatedAt: w.now,
	}
	if change != nil {
		change(&m)
	}
	w.write(func(ctx ctx, tx control.Tx) error { return tx.InsertMessage(ctx, m) })
	return m
}

var messageTests = []test{
	{"is read as it was written, until it is acknowledged", func(t *testing.T, w *world) {
		d := w.device("one")
		e := w.executions(w.update(nil), fleet.Pending, d)[0]
		want := w.message(d, "0123456789abcdef01234567", func(m *fleet.Message) {
			m.ExecutionID, m.ExpiresAt = e.ID, w.now.Add(time.Hour)
		})
		if got := read(w.store.Message(w.ctx, want.ID))(w); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		w.write(func(ctx ctx, tx control.Tx) error { return tx.HandOut(ctx, []string{want.ID, "unknown"}, "session 7") })
		w.write(func(ctx ctx, tx control.Tx) error { return tx.StartMessage(ctx, want.ID) })
		want.Session, want.Started = "session 7", true
		if got := read(w.store.Mailbox(w.ctx, d.ID, 10))(w); !reflect.DeepEqual(got, []fleet.Message{want}) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		want.AckedAt, want.Answer = w.now, fleet.Answer{ErrorCode: -7, ErrorMessage: "kaputt", Params: json.RawMessage(`{"a":1}`)}
		for _, a := range []struct {
			answer fleet.Answer
			first  bool
		}{{want.Answer, true}, {fleet.Answer{}, false}} {
			w.write(func(ctx ctx, tx control.Tx) error {
				first, err := tx.AckMessage(ctx, want.ID, w.now, a.answer)
				if first != a.first {
					t.Errorf("first is %v, want %v", first, a.first)
				}
				return err
			})
		}
		if got := read(w.store.Message(w.ctx, want.ID))(w); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if got := read(w.store.Mailbox(w.ctx, d.ID, 10))(w); len(got) != 0 {
			t.Errorf("got %+v", got)
		}
	}},
	{"of a mailbox comes oldest first, each device its own", func(t *testing.T, w *world) {
		a, b := w.device("a"), w.device("b")
		for i := range 5 {
			w.message(a, fmt.Sprint("z", 9-i), nil)
		}
		w.message(b, "b", nil)
		got := ""
		for _, m := range read(w.store.Mailbox(w.ctx, a.ID, 3))(w) {
			got += m.ID
		}
		if got != "z9z8z7" {
			t.Errorf("got %s", got)
		}
	}},
	{"that does not exist is not found, and an id is used once", func(t *testing.T, w *world) {
		_, err := w.store.Message(w.ctx, "x")
		wantCode(t, err, fleet.NotFound)
		w.refused(fleet.NotFound, func(ctx ctx, tx control.Tx) error { return tx.StartMessage(ctx, "x") })
		w.refused(fleet.NotFound, func(ctx ctx, tx control.Tx) error {
			_, err := tx.AckMessage(ctx, "x", w.now, fleet.Answer{})
			return err
		})
		m := w.message(w.device("a"), "x", nil)
		w.refused(fleet.Conflict, func(ctx ctx, tx control.Tx) error { return tx.InsertMessage(ctx, m) })
	}},
}
