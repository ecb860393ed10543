package storetest

import (
	"fmt"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// withinTests hold the lists of older nouns to Page.Within.
var withinTests = []test{
	{"keeps devices, their counts and their executions", func(t *testing.T, w *world) {
		units := w.tree()
		roof, south := w.place("roof", units.roof.ID), w.place("south", units.south.ID)
		root := w.device("root")
		w.executions(w.update(nil), fleet.Pending, roof, south, root)
		key := func(d fleet.Device) any { return d.Key }
		w.within("devices", units, func(p control.Page) string {
			return namesOf(read(w.store.Devices(w.ctx, control.DeviceFilter{}, p))(w), key)
		}, [5]string{"roof south root", "", "roof", "roof south", "roof"})
		w.within("counts", units, func(p control.Page) string {
			return fmt.Sprint(read(w.store.DeviceCounts(w.ctx, p.Within))(w)[fleet.DeviceAccepted])
		}, [5]string{"3", "0", "1", "2", "1"})
		w.within("executions", units, func(p control.Page) string {
			f := control.ExecutionFilter{States: []fleet.State{fleet.Pending, fleet.Sent}}
			return namesOf(read(w.store.Executions(w.ctx, f, p))(w), func(e fleet.Execution) any { return e.Device.Key })
		}, [5]string{"root south roof", "", "roof", "south roof", "roof"})
		w.within("south's", units, func(p control.Page) string {
			return namesOf(read(w.store.Devices(w.ctx, control.DeviceFilter{UnitID: units.south.ID}, p))(w), key)
		}, [5]string{"south", "", "", "south", ""})
	}},
	{"keeps to the units of many devices as to those of few", func(t *testing.T, w *world) {
		units := w.tree()
		const n = 1100
		w.write(func(ctx ctx, tx control.Tx) error {
			for i := range 2 * n {
				unit := []fleet.UnitID{units.roof.ID, units.south.ID}[i%2]
				_, err := tx.InsertDevice(ctx, fleet.Device{Key: fmt.Sprint(i), UnitID: unit, State: fleet.DevicePending})
				if err != nil {
					return err
				}
			}
			return nil
		})
		u := w.update(nil)
		w.write(func(ctx ctx, tx control.Tx) error {
			var list []fleet.Execution
			for i := range 2 * n {
				list = append(list, fleet.Execution{UpdateID: u.ID, DeviceID: fleet.DeviceID(i + 1), State: fleet.Pending, CreatedAt: w.now})
			}
			return tx.InsertExecutions(ctx, list)
		})
		p := control.Page{Limit: 1000, Within: []fleet.UnitID{units.acme.ID}}
		devices, executions := 0, 0
		for {
			part := read(w.store.Devices(w.ctx, control.DeviceFilter{UnitID: units.north.ID}, p))(w)
			for _, d := range part {
				if d.UnitID != units.roof.ID {
					t.Fatalf("got %+v", d)
				}
			}
			if devices += len(part); len(part) < p.Limit {
				break
			}
			p.After = int64(part[len(part)-1].ID)
		}
		for p.After = 0; ; {
			part := read(w.store.Executions(w.ctx, control.ExecutionFilter{UpdateID: u.ID}, p))(w)
			if executions += len(part); len(part) < p.Limit {
				break
			}
			p.After = int64(part[len(part)-1].ID)
		}
		if devices != n || executions != n {
			t.Errorf("got %d devices and %d executions, want %d", devices, executions, n)
		}
	}},
	{"keeps updates to the units that they were given in", func(t *testing.T, w *world) {
		units := w.tree()
		roof, south := w.place("roof", units.roof.ID), w.place("south", units.south.ID)
		all := w.update(func(u *fleet.Update) { u.Title = "all" })
		w.executions(all, fleet.Pending, roof, south)
		w.update(func(u *fleet.Update) { u.Title, u.UnitID = "acme", units.acme.ID })
		w.executions(w.update(func(u *fleet.Update) { u.Title = "south" }), fleet.Pending, south)
		w.within("updates", units, func(p control.Page) string {
			return namesOf(read(w.store.Updates(w.ctx, control.UpdateFilter{}, p))(w), func(u fleet.Update) any { return u.Title })
		}, [5]string{"south acme all", "", "acme all", "south acme all", "all"})
	}},
	{"keeps files, tokens and audit rows, and releases from above", func(t *testing.T, w *world) {
		units := w.tree()
		w.write(func(ctx ctx, tx control.Tx) error {
			for _, u := range []fleet.Unit{{ID: fleet.Root, Name: "Service"}, units.acme, units.roof, units.south} {
				_, err := tx.InsertFile(ctx, fleet.File{UnitID: u.ID, Name: u.Name})
				if err != nil {
					return err
				}
				_, err = tx.InsertEnrolmentToken(ctx, []byte(u.Name), fleet.EnrolmentToken{Kind: fleet.OneTime, UnitID: u.ID, Note: u.Name})
				if err != nil {
					return err
				}
				_, err = tx.InsertRelease(ctx, fleet.Release{UnitID: u.ID, Name: u.Name, Format: fleet.FormatSUP})
				if err != nil {
					return err
				}
				if err := tx.InsertAudit(ctx, fleet.AuditEntry{UnitID: u.ID, Object: u.Name}); err != nil {
					return err
				}
			}
			return nil
		})
		below := [5]string{"South Roof Acme Service", "", "Roof Acme", "South Roof Acme", "Roof"}
		w.within("files", units, func(p control.Page) string {
			return namesOf(read(w.store.Files(w.ctx, 0, p))(w), func(f fleet.File) any { return f.Name })
		}, below)
		w.within("tokens", units, func(p control.Page) string {
			return namesOf(read(w.store.EnrolmentTokens(w.ctx, p))(w), func(t fleet.EnrolmentToken) any { return t.Note })
		}, below)
		w.within("audit rows", units, func(p control.Page) string {
			return namesOf(read(w.store.Audit(w.ctx, p))(w), func(a fleet.AuditEntry) any { return a.Object })
		}, below)
		w.within("releases", units, func(p control.Page) string {
			return namesOf(read(w.store.Releases(w.ctx, control.ReleaseFilter{}, p))(w), func(v fleet.Release) any { return v.Name })
		}, [5]string{"South Roof Acme Service", "", "Roof Acme Service", "South Roof Acme Service", "Roof Acme Service"})
	}},
}
