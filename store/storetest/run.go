package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// Run runs the suite. open gives an empty store, which the test's end closes.
func Run(t *testing.T, open func(t *testing.T) control.Store) {
	for _, group := range []struct {
		name  string
		tests []test
	}{
		{"write", writeTests}, {"unit", unitTests}, {"within", withinTests}, {"device", deviceTests}, {"parent", parentTests}, {"place", placeTests},
		{"group", groupTests}, {"magic link", magicLinkTests}, {"waiting", waitingTests}, {"grant", grantTests}, {"credential", credentialTests}, {"log", logTests},
		{"contact", contactTests}, {"value", valueTests}, {"token", tokenTests}, {"file", fileTests},
		{"release", releaseTests}, {"update", updateTests}, {"execution", executionTests}, {"advance", advanceTests},
		{"due", dueTests}, {"count", countTests}, {"message", messageTests}, {"user", userTests},
		{"session", sessionTests}, {"audit", auditTests}, {"setting", settingTests}, {"expire", expireTests},
	} {
		t.Run(group.name, func(t *testing.T) {
			t.Parallel()
			for _, c := range group.tests {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.run(t, &world{T: t, ctx: t.Context(), store: open(t), now: start})
				})
			}
		})
	}
}

type test struct {
	name string
	run  func(t *testing.T, w *world)
}

// start is when every world begins; it has microseconds, which must be kept.
var start = time.Date(2026, 3, 29, 0, 59, 59, 123_456_000, time.UTC)

// world is a store and what a test has put into it.
type world struct {
	*testing.T
	ctx   context.Context
	store control.Store
	now   time.Time
}

// write runs fn in a transaction that must succeed.
func (w *world) write(fn func(ctx context.Context, tx control.Tx) error) {
	w.Helper()
	if err := w.store.Write(w.ctx, fn); err != nil {
		w.Fatal(err)
	}
}

// refused runs fn in a transaction that must fail with the code.
func (w *world) refused(code fleet.Code, fn func(ctx context.Context, tx control.Tx) error) error {
	w.Helper()
	err := w.store.Write(w.ctx, fn)
	if got := fleet.CodeOf(err); got != code {
		w.Fatalf("got code %q (%v), want %q", got, err, code)
	}
	return err
}

// devices makes accepted devices of the keys and returns them as stored.
func (w *world) devices(keys ...string) []fleet.Device {
	w.Helper()
	var all []fleet.Device
	w.write(func(ctx context.Context, tx control.Tx) error {
		for _, key := range keys {
			d := fleet.Device{
				Key: key, Name: key, Kind: fleet.Gateway, UnitID: fleet.Root, State: fleet.DeviceAccepted,
				CreatedAt: w.now, PollEvery: time.Hour,
			}
			id, err := tx.InsertDevice(ctx, d)
			if err != nil {
				return err
			}
			d.ID = id
			all = append(all, d)
		}
		return nil
	})
	return all
}

func (w *world) device(key string) fleet.Device {
	w.Helper()
	return w.devices(key)[0]
}

// update makes an update.
func (w *world) update(change func(u *fleet.Update)) fleet.Update {
	w.Helper()
	u := fleet.Update{
		UnitID: fleet.Root, Type: fleet.SUP, Form: fleet.Command, Title: "Config plan 2", CreatedBy: "ada", CreatedAt: w.now,
		Audience: fleet.Audience{Devices: []string{"7076FF0000000001"}},
	}
	if change != nil {
		change(&u)
	}
	w.write(func(ctx context.Context, tx control.Tx) (err error) {
		u.ID, err = tx.InsertUpdate(ctx, u)
		return err
	})
	return u
}

// executions makes an execution of the update on each device and returns
// them in that order.
func (w *world) executions(u fleet.Update, state fleet.State, devices ...fleet.Device) []fleet.Execution {
	w.Helper()
	list := make([]fleet.Execution, len(devices))
	for i, d := range devices {
		list[i] = fleet.Execution{UpdateID: u.ID, DeviceID: d.ID, State: state, Attempt: 1, CreatedAt: w.now}
	}
	w.write(func(ctx context.Context, tx control.Tx) error { return tx.InsertExecutions(ctx, list) })
	for i, d := range devices {
		found, err := w.store.Executions(w.ctx, control.ExecutionFilter{UpdateID: u.ID, DeviceID: d.ID}, control.Page{Limit: 2})
		if err != nil || len(found) != 1 {
			w.Fatalf("got %d executions of update %d on device %d, %v", len(found), u.ID, d.ID, err)
		}
		list[i] = found[0]
	}
	return list
}

// advance moves an execution by an event of the table.
func (w *world) advance(id fleet.ExecutionID, from fleet.State, on fleet.Event) {
	w.Helper()
	to, err := from.Next(on)
	if err != nil {
		w.Fatal(err)
	}
	w.write(func(ctx context.Context, tx control.Tx) error {
		return tx.Advance(ctx, control.Advance{
			ExecutionID: id, From: from, To: to, Event: on, At: w.now, NewAttempt: on == fleet.Retry,
		})
	})
}

// read returns the value of a call that must succeed: read(call(…))(w).
func read[T any](v T, err error) func(w *world) T {
	return func(w *world) T {
		w.Helper()
		if err != nil {
			w.Fatal(err)
		}
		return v
	}
}

// wantCode checks the code of an error.
func wantCode(t *testing.T, err error, code fleet.Code) {
	t.Helper()
	if got := fleet.CodeOf(err); got != code {
		t.Errorf("got code %q (%v), want %q", got, err, code)
	}
}

// page asks for everything that fits.
var page = control.Page{Limit: 1000}
