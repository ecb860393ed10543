package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

var deviceTests = []test{
	{"is read as it was written", func(t *testing.T, w *world) {
		want := fleet.Device{
			Key: "7076FF00560806EB", Name: "Dach Süd – 屋上 🛰", Kind: fleet.Gateway, UnitID: fleet.Root,
			State: fleet.DevicePending, Model: "iStation", OS: "keros", Architecture: "armv7", Version: "5.10.1",
			CreatedAt: w.now, PollEvery: 90 * time.Second,
		}
		w.write(func(ctx context.Context, tx control.Tx) (err error) {
			want.ID, err = tx.InsertDevice(ctx, want)
			return err
		})
		if got := read(w.store.Device(w.ctx, want.ID))(w); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if got := read(w.store.DeviceByKey(w.ctx, want.Key))(w); got != want {
			t.Errorf("by key: got %+v, want %+v", got, want)
		}
	}},
	{"a second one of a key is a conflict", func(t *testing.T, w *world) {
		d := w.device("one")
		w.refused(fleet.Conflict, func(ctx context.Context, tx control.Tx) error {
			_, err := tx.InsertDevice(ctx, d)
			return err
		})
		w.device("ONE") // another key
	}},
	{"one that does not exist is not found", func(t *testing.T, w *world) {
		_, err := w.store.Device(w.ctx, 99)
		wantCode(t, err, fleet.NotFound)
		_, err = w.store.DeviceByKey(w.ctx, "nobody\x00")
		wantCode(t, err, fleet.NotFound)
	}},
	{"one of a unit that does not exist is refused", func(t *testing.T, w *world) {
		w.refused(fleet.Invalid, func(ctx context.Context, tx control.Tx) error {
			_, err := tx.InsertDevice(ctx, fleet.Device{Key: "x", UnitID: 77, State: fleet.DevicePending})
			return err
		})
	}},
	{"its state is set only from the state named", func(t *testing.T, w *world) {
		d := w.device("one")
		set := func(from, to fleet.DeviceState) func(context.Context, control.Tx) error {
			return func(ctx context.Context, tx control.Tx) error { return tx.SetDeviceState(ctx, d.ID, from, to) }
		}
		w.refused(fleet.Conflict, set(fleet.DevicePending, fleet.DeviceRejected))
		w.write(set(fleet.DeviceAccepted, fleet.DeviceRejected))
		if got := read(w.store.Device(w.ctx, d.ID))(w).State; got != fleet.DeviceRejected {
			t.Errorf("got %s", got)
		}
		d.ID = 99
		w.refused(fleet.NotFound, set(fleet.DeviceAccepted, fleet.DeviceRejected))
	}},
	{"its facts are set and found", func(t *testing.T, w *world) {
		d := w.device("one")
		d.Name, d.Kind, d.Model, d.OS, d.Architecture, d.Version = "Äpfel_100%", fleet.ThinClient, "N3350", "elux", "amd64", "7"
		d.PollEvery = time.Minute
		w.write(func(ctx context.Context, tx control.Tx) error { return tx.SetDeviceFacts(ctx, d) })
		if got := read(w.store.Device(w.ctx, d.ID))(w); got != d {
			t.Errorf("got %+v, want %+v", got, d)
		}
		for text, want := range map[string]int{"äPFEL": 1, "fel_1": 1, "0%": 1, "%": 1, "_": 1, "fel%1": 0, "n33": 1, "ONE": 1, "!": 0} {
			if got := len(read(w.store.Devices(w.ctx, control.DeviceFilter{Text: text}, page))(w)); got != want {
				t.Errorf("%q: found %d, want %d", text, got, want)
			}
		}
	}},
	{"the list is paged by id and filtered", func(t *testing.T, w *world) {
		var keys []string
		for i := range 25 {
			keys = append(keys, fmt.Sprintf("key-%02d", i))
		}
		all := w.devices(keys...)
		w.write(func(ctx context.Context, tx control.Tx) error {
			return tx.SetDeviceState(ctx, all[3].ID, fleet.DeviceAccepted, fleet.DeviceRejected)
		})
		var got []string
		p := control.Page{Limit: 10}
		for {
			part := read(w.store.Devices(w.ctx, control.DeviceFilter{}, p))(w)
			for _, d := range part {
				got = append(got, d.Key)
			}
			if len(part) < p.Limit {
				break
			}
			p.After = int64(part[len(part)-1].ID)
		}
		if fmt.Sprint(got) != fmt.Sprint(keys) {
			t.Errorf("got %v", got)
		}
		for f, want := range map[control.DeviceFilter]int{
			{State: fleet.DeviceRejected}: 1, {State: fleet.DeviceAccepted, Kind: fleet.Gateway}: 24,
			{Kind: fleet.ThinClient}: 0, {State: fleet.DeviceRejected, Text: "KEY-03"}: 1,
		} {
			if got := len(read(w.store.Devices(w.ctx, f, page))(w)); got != want {
				t.Errorf("%+v: found %d, want %d", f, got, want)
			}
		}
		counts := read(w.store.DeviceCounts(w.ctx, nil))(w)
		if counts[fleet.DeviceAccepted] != 24 || counts[fleet.DeviceRejected] != 1 || len(counts) != 2 {
			t.Errorf("got %v", counts)
		}
	}},
	{"many are read by key at once", func(t *testing.T, w *world) {
		all := w.devices("a", "b", "c")
		got := read(w.store.DevicesByKeys(w.ctx, []string{"c", "nobody", "a", "c"}))(w)
		if len(got) != 2 || got[0] != all[0] || got[1] != all[2] {
			t.Errorf("got %v", got)
		}
		if got := read(w.store.DevicesByKeys(w.ctx, nil))(w); len(got) != 0 {
			t.Errorf("got %v", got)
		}
	}},
}
