package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/sluicehq/sluice/compat"
	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// release puts a release into the store. The console shows what it says; how
// packages are checked is a matter of package control.
func (w *world) release(r fleet.Release) fleet.Release {
	w.t.Helper()
	r.UnitID, r.Format, r.CreatedBy, r.CreatedAt = fleet.Root, fleet.FormatSUP, "admin", w.clock.Now()
	r.KeyFingerprint = "SHA256:9c1fQm3pN0h4uVxkq2cJr7aYtW5eLdZbS8iKoG6T7b0"
	err := w.Store.Write(w.t.Context(), func(ctx context.Context, tx control.Tx) (err error) {
		f := fleet.File{UnitID: fleet.Root, Name: r.Name + ".sup", Size: 18_412_377, SHA256: fmt.Sprintf("%064x", r.ReleaseCounter+uint64(len(r.Name))),
			CreatedBy: "admin", CreatedAt: r.CreatedAt}
		if r.FileID, err = tx.InsertFile(ctx, f); err != nil {
			return err
		}
		r.ID, err = tx.InsertRelease(ctx, r)
		return err
	})
	w.must(err)
	return r
}

func (w *world) give(r fleet.Release, keys ...string) fleet.Update {
	w.t.Helper()
	u, err := w.CreateUpdate(w.t.Context(), w.admin, control.NewUpdate{Type: fleet.SUP, ReleaseID: r.ID, Audience: fleet.Audience{Devices: keys}})
	w.must(err)
	return u
}

// executionOf is the newest execution on the device.
func (w *world) executionOf(d fleet.Device) fleet.Execution {
	w.t.Helper()
	list, err := w.Executions(w.t.Context(), w.admin, control.ExecutionFilter{DeviceID: d.ID}, control.Page{Limit: 1})
	w.must(err)
	if len(list) != 1 {
		w.t.Fatalf("%s has no execution", d.Key)
	}
	return list[0]
}

// send lets the device speak and get what is pending.
func (w *world) send(d fleet.Device) fleet.Execution {
	w.t.Helper()
	w.contact(d)
	w.must(w.Offer(w.t.Context(), d.ID, func(e fleet.Execution) (string, json.RawMessage, error) {
		return "method.exec", json.RawMessage(`{"method":"gateway.sup.update"}`), nil
	}))
	return w.executionOf(d)
}

// step is a report of a device, some time after the last.
type step struct {
	after  time.Duration
	event  fleet.Event
	detail string
}

func (w *world) report(e fleet.Execution, confirmation string, steps ...step) {
	w.t.Helper()
	for i, s := range steps {
		w.clock.Advance(s.after)
		r := control.Report{Device: e.DeviceID, Execution: e.ID, Event: s.event, Detail: s.detail, DeviceAt: w.clock.Now().Add(-time.Second)}
		if i == len(steps)-1 && confirmation != "" {
			r.Confirmation = json.RawMessage(confirmation)
		}
		w.must(w.Report(w.t.Context(), r))
	}
}

const confirmed = `{"job_id":"1","package":"lorafwd","version":"4.0.2","result":"succeeded","interruptions":0,"actions":[
{"index":1,"type":"runtime.stop","summary":"runtime.stop","status":"ok","changed":true,"duration_ms":412,"attempts":1},
{"index":2,"type":"file.install","summary":"file.install /etc/lorafwd.toml","status":"ok","changed":true,"duration_ms":96,"attempts":1},
{"index":3,"type":"package.install","summary":"package.install lorafwd 4.0.2","status":"ok","changed":true,"duration_ms":61200,"attempts":1,"output":"Unpacking lorafwd (4.0.2) over (4.0.1-2) ...\nSetting up lorafwd (4.0.2) ...\n"},
{"index":4,"type":"service.restart","summary":"service.restart lorafwd","status":"ok","changed":true,"duration_ms":1240,"attempts":1},
{"index":5,"type":"check.service","summary":"check.service lorafwd","status":"ok","changed":false,"duration_ms":60010,"attempts":1,"output":"active (running) for 60 s"},
{"index":6,"type":"runtime.start","summary":"runtime.start","status":"ok","changed":true,"duration_ms":930,"attempts":1}]}`

const rolledBack = `{"job_id":"2","package":"lorafwd","version":"4.0.2","result":"rolled_back","interruptions":1,
"reason":"Action 5, check.service lorafwd, failed; everything is as it was before.","actions":[
{"index":1,"type":"runtime.stop","summary":"runtime.stop","status":"undone","changed":true,"duration_ms":398,"attempts":1},
{"index":2,"type":"file.install","summary":"file.install /etc/lorafwd.toml","status":"undone","changed":true,"duration_ms":101,"attempts":1},
{"index":3,"type":"package.install","summary":"package.install lorafwd 4.0.2","status":"undone","changed":true,"duration_ms":58110,"attempts":2,"output":"Unpacking lorafwd (4.0.2) over (4.0.1-2) ...\nSetting up lorafwd (4.0.2) ...\n"},
{"index":4,"type":"service.restart","summary":"service.restart lorafwd","status":"undone","changed":true,"duration_ms":1902,"attempts":1},
{"index":5,"type":"check.service","summary":"check.service lorafwd","status":"failed","changed":false,"duration_ms":60004,"attempts":1,"error":"lorafwd is failed, not active, after 60 s","output":"lorafwd[2211]: cannot open /dev/spidev0.0: No such device\nlorafwd.service: Main process exited, code=exited, status=1/FAILURE\n"},
{"index":6,"type":"runtime.start","summary":"runtime.start","status":"skipped","changed":false,"duration_ms":0,"attempts":0}]}`

const installedPackages = `[{"name":"keros","version":"6.1.2"},{"name":"lorafwd","version":"4.0.1-2"},{"name":"wanesy-agent","version":"1.18"},
{"name":"openssl","version":"3.0.16"},{"name":"dropbear","version":"2024.86"},{"name":"busybox","version":"1.36.1"},{"name":"chrony","version":"4.5"},
{"name":"modemmanager","version":"1.22.0"},{"name":"gpsd","version":"3.25"},{"name":"ca-certificates","version":"20250419"}]`

// seeded is a small fleet with a past: what a real one leaves behind.
type seeded struct {
	gateways          []fleet.Device
	pending           fleet.Device
	campaign, running fleet.Update
	good, bad         fleet.Execution
	old               fleet.Device // runs KerOS 5
	group             fleet.Group
	grouped           fleet.Update // given to the group
	person            fleet.User
	rennes, lyon      fleet.Unit
	bundle            fleet.Release     // of seedChecks
	more              []scene           // of seedChecks
	uploads           map[string]string // files that make no release, of seedChecks
}

// seed makes gateways of different models and states, releases, an update
// that ended in every way that there is, and one that is under way.
func (w *world) seed() seeded {
	w.t.Helper()
	var s seeded
	end := w.clock.Now()
	w.clock.Set(end.Add(-26 * time.Hour))
	for i := range 14 {
		d := w.device(fmt.Sprintf("7076FF00560507%02X", 0xD0+i), fleet.AttributeName, fmt.Sprintf("klk-wiis-0507%02X", 0xD0+i), fleet.AttributeModel, "Wirnet iStation",
			fleet.AttributeVersion, "6.1.2", fleet.AttributeOS, "KerOS", fleet.AttributeArchitecture, "arm64", fleet.AttributeOSVersion, "5.15.148",
			fleet.AttributeHostname, fmt.Sprintf("klk-wiis-0507%02X", 0xD0+i), fleet.AttributePackages, installedPackages)
		s.gateways = append(s.gateways, d)
	}
	femto := w.device("7076FF0056061ECD", fleet.AttributeName, "klk-wifc-061ECD", fleet.AttributeModel, "Wirnet iFemtoCell",
		fleet.AttributeVersion, "5.10.1", fleet.AttributeOS, "KerOS", fleet.AttributeArchitecture, "armv7")
	panel := w.device("panel-09", fleet.AttributeName, "swu-panel-09", fleet.AttributeModel, "Panel 9", fleet.AttributeVersion, "4.2.0",
		fleet.AttributeOS, "linux", fleet.AttributeArchitecture, "amd64", fleet.AttributePollEvery, "300")
	w.device("6b1f2c90-edge", fleet.AttributeName, "dw-edge-118", fleet.AttributeModel, "deviceWISE Edge", fleet.AttributeVersion, "22.05", fleet.AttributePollEvery, "3600")
	thin := w.device("00:1C:7F:21:09:AA", fleet.AttributeName, "elux-7f21", fleet.AttributeKind, "thin_client", fleet.AttributeModel, "Futro S9011",
		fleet.AttributeVersion, "7 2507", fleet.AttributeOS, "eLux", fleet.AttributeArchitecture, "amd64", fleet.AttributePollEvery, "86400")
	forwarder, keros := w.releases()

	s.campaign = w.give(forwarder, append(keys(s.gateways[:10]), femto.Key)...)
	for i, d := range s.gateways[:8] {
		e := w.send(d)
		if i == 3 {
			w.fails(e)
			s.bad = w.executionOf(d)
			continue
		}
		w.report(e, confirmed, step{40 * time.Second, fleet.StartTransfer, "18.4 MB"},
			step{142 * time.Second, fleet.EndTransfer, "18.4 MB in 2 min 22 s, resumed once, SHA-256 and signature good"},
			step{3 * time.Second, fleet.StartInstall, "6 actions, rollback prepared"},
			step{128 * time.Second, fleet.Succeed, "6 of 6 actions done"})
		s.good = w.executionOf(d)
	}
	w.must(w.CancelExecution(w.t.Context(), w.admin, w.executionOf(s.gateways[9]).ID))
	s.pending = w.waiting("7076FF0056070A11", fleet.AttributeName, "klk-wiis-070A11", fleet.AttributeModel, "Wirnet iStation", fleet.AttributeVersion, "6.1.2", fleet.AttributeOS, "KerOS", fleet.AttributeArchitecture, "arm64")
	w.waiting("7076FF0056070A12", fleet.AttributeModel, "Wirnet iStation")
	turned := w.waiting("unknown-box")
	_, err := w.SetDeviceState(w.t.Context(), w.admin, turned.ID, fleet.DeviceRejected)
	w.must(err)

	w.clock.Set(end.Add(-130 * time.Minute))
	w.contact(s.gateways[2])
	w.clock.Set(end.Add(-41 * time.Minute))
	s.running = w.give(keros, append(keys(s.gateways[:8]), panel.Key, femto.Key)...)
	for i, d := range s.gateways {
		if i == 2 || i == 8 {
			continue
		}
		if i > 8 {
			w.contact(d)
			continue
		}
		e := w.send(d)
		if i < 6 && e.State == fleet.Sent {
			w.report(e, "", []step{{20 * time.Second, fleet.StartTransfer, "212.6 MB"}, {70 * time.Second, fleet.EndTransfer, "212.6 MB, SHA-256 and signature good"},
				{2 * time.Second, fleet.StartInstall, "3 actions, rollback prepared"}}[:min(3, max(0, i-1))]...)
		}
	}
	w.clock.Set(end.Add(-3 * time.Minute))
	w.contact(panel)
	w.contact(thin)
	w.contact(s.pending)
	w.clock.Set(end)
	s.old = femto
	w.seedOrganisation(&s)
	w.vitals(s.gateways[0], s.gateways[4])
	w.lines([]fleet.LogEntry{
		{DeviceID: s.gateways[3].ID, At: end.Add(-25 * time.Hour), Level: fleet.LogError, Text: "lorafwd 4.0.2: action 5 of 6, check.service lorafwd: lorafwd is failed, not active, after 60 s"},
		{DeviceID: s.gateways[0].ID, At: end.Add(-25 * time.Hour), Level: fleet.LogInfo, Text: "lorafwd 4.0.2: action 1 of 6, runtime.stop: ok in 412 ms"},
		{DeviceID: s.gateways[0].ID, At: end.Add(-25 * time.Hour), Level: fleet.LogInfo, Text: "lorafwd 4.0.2: action 6 of 6, runtime.start: ok in 930 ms"},
		{DeviceID: s.gateways[0].ID, At: end.Add(-5 * time.Hour), Level: fleet.LogWarning, Text: "backhaul changed from ethernet to cellular"},
	})
	w.Online(s.gateways[0].ID, control.Bell{})
	return s
}

func keys(list []fleet.Device) []string {
	var all []string
	for _, d := range list {
		all = append(all, d.Key)
	}
	return all
}

func (w *world) releases() (forwarder, keros fleet.Release) {
	w.t.Helper()
	forwarder = w.release(fleet.Release{Name: "lorafwd", Version: "4.0.2", ReleaseCounter: 14, Description: "Packet forwarder with the new gateway identity.",
		Compatibility: compat.Requirement{Kinds: []string{"gateway"}, Models: []string{"Wirnet iStation"}, Versions: ">=6 <7"},
		Actions:       []string{"runtime.stop", "file.install /etc/lorafwd.toml", "package.install lorafwd 4.0.2", "service.restart lorafwd", "check.service lorafwd", "runtime.start"}})
	keros = w.release(fleet.Release{Name: "keros", Version: "6.1.3", ReleaseCounter: 61, Description: "Security fixes; reboots once.",
		Compatibility: compat.Requirement{Models: []string{"Wirnet iStation", "Wirnet iFemtoCell"}, OS: []string{"KerOS"}, Versions: ">=5.8"},
		Actions:       []string{"firmware.update keros-6.1.3.raucb with rauc", "reboot", "check.service lorafwd"}})
	w.release(fleet.Release{Name: "demo-hello", Version: "1.0.0", ReleaseCounter: 1, Actions: []string{"file.install /opt/hello"}})
	return forwarder, keros
}

// fails ends an execution with a roll-back, and lets the device claim the
// contrary afterwards.
func (w *world) fails(e fleet.Execution) {
	w.t.Helper()
	w.report(e, rolledBack, step{35 * time.Second, fleet.StartTransfer, "18.4 MB"}, step{80 * time.Second, fleet.EndTransfer, "18.4 MB, SHA-256 and signature good"},
		step{2 * time.Second, fleet.StartInstall, "6 actions, rollback prepared"},
		step{190 * time.Second, fleet.Fail, "action 5, check.service lorafwd, failed; rolled back"})
	w.report(e, "", step{20 * time.Minute, fleet.Succeed, "reported by a restarted runtime"})
}

// vitals publishes a day of measurements.
func (w *world) vitals(devices ...fleet.Device) {
	w.t.Helper()
	now := w.clock.Now()
	for n, d := range devices {
		var values []fleet.Value
		for i := range 96 {
			at, x := now.Add(-time.Duration(95-i)*15*time.Minute), float64(i)/9+float64(n)
			for key, v := range map[string]float64{"cpu_percent": 24 + 14*math.Sin(x) + 6*math.Sin(5*x), "memory_percent": 58 + 4*math.Sin(x/3),
				"temperature": 44 + 5*math.Sin(x/2), "disk_percent": 31 + float64(i)/40} {
				values = append(values, fleet.Value{Kind: fleet.Property, Key: key, Number: math.Round(v*10) / 10, At: at})
			}
		}
		w.contact(d, values...)
	}
}
