package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

const (
	// vitalsFor is how far back the charts of a device go, vitalsMost how
	// many values one is drawn from.
	vitalsFor  = 24 * time.Hour
	vitalsMost = 300
	// lastExecutions is how many a device's page shows.
	lastExecutions = 8
)

// vitals are the properties that are drawn.
var vitals = []struct {
	key  string
	look view.Vital
}{
	{"cpu_percent", view.Vital{Word: "CPU", Unit: "%", Percent: true}},
	{"memory_percent", view.Vital{Word: "Memory", Unit: "%", Percent: true}},
	{"temperature", view.Vital{Word: "Temperature", Unit: "°C"}},
	{"disk_percent", view.Vital{Word: "Disk", Unit: "%", Percent: true}},
}

func (web *Web) device(v *visit) error {
	id, err := v.id("device")
	if err != nil {
		return err
	}
	d, err := web.control.Device(v.r.Context(), v.actor, fleet.DeviceID(id))
	if err != nil {
		return err
	}
	name := d.Name
	if name == "" {
		name = d.Key
	}
	p := view.DevicePage{Now: v.now, Device: d,
		Frame: v.frame(name, "/devices", "/events?device="+d.ID.String(), view.Crumb{Word: "Devices", URL: "/devices"})}
	for _, fill := range []func(*visit, *view.DevicePage) error{web.fillVitals, web.fillAttributes, web.fillExecutions, web.fillLog} {
		if err := fill(v, &p); err != nil {
			return err
		}
	}
	return v.show(http.StatusOK, view.Device(p))
}

func (web *Web) fillVitals(v *visit, p *view.DevicePage) error {
	for _, one := range vitals {
		vital := one.look
		vital.From, vital.To = v.now.Add(-vitalsFor), v.now
		var err error
		vital.History, err = web.control.History(v.r.Context(), v.actor, p.Device.ID, fleet.Property, one.key, vital.From, vital.To, vitalsMost)
		if err != nil {
			return err
		}
		p.Vitals = append(p.Vitals, vital)
	}
	return nil
}

func (web *Web) fillAttributes(v *visit, p *view.DevicePage) error {
	list, err := web.control.Values(v.r.Context(), v.actor, p.Device.ID, fleet.Attribute)
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.Key == fleet.AttributePackages {
			p.Packages = readPackages(a.Text)
		}
	}
	p.Attributes = slices.DeleteFunc(list, func(a fleet.Value) bool { return a.Key == fleet.AttributePackages })
	return nil
}

// readPackages reads the list that a device publishes of itself.
func readPackages(text string) view.Packages {
	var p view.Packages
	if text != "" && json.Unmarshal([]byte(text), &p.List) != nil {
		return view.Packages{Unreadable: true}
	}
	return p
}

func (web *Web) fillExecutions(v *visit, p *view.DevicePage) error {
	list, err := web.control.Executions(v.r.Context(), v.actor, control.ExecutionFilter{DeviceID: p.Device.ID}, control.Page{Limit: lastExecutions})
	if err != nil {
		return err
	}
	p.Waiting = slices.ContainsFunc(list, func(e fleet.Execution) bool { return e.State == fleet.Pending })
	p.Executions = view.ExecutionRows{Now: v.now, Executions: list, NoDevice: true, Empty: "No update was given to this device yet."}
	return nil
}

func (web *Web) fillLog(v *visit, p *view.DevicePage) error {
	list, err := web.control.Log(v.r.Context(), v.actor, p.Device.ID, v.part())
	if err != nil {
		return err
	}
	p.Log, p.LogPaging = cut(v, list, func(l fleet.LogEntry) int64 { return l.ID })
	return nil
}

func (web *Web) acceptDevice(v *visit) error { return web.admit(v, fleet.DeviceAccepted) }
func (web *Web) rejectDevice(v *visit) error { return web.admit(v, fleet.DeviceRejected) }

func (web *Web) admit(v *visit, to fleet.DeviceState) error {
	id, err := v.id("device")
	if err != nil {
		return err
	}
	d, err := web.control.SetDeviceState(v.r.Context(), v.actor, fleet.DeviceID(id), to)
	if err != nil {
		return err
	}
	return v.leave(v.back("/devices"), d.Key+" is "+string(to)+".")
}
