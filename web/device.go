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
	for _, fill := range []func(*visit, *view.DevicePage) error{web.fillPlace, web.fillVitals, web.fillAttributes, web.fillLocation, web.fillUpdates, web.fillLog} {
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

// attributesShown is how many attributes the page of a device shows at once.
const attributesShown = 100

func (web *Web) fillAttributes(v *visit, p *view.DevicePage) error {
	after := v.r.URL.Query().Get("attributes")
	list, err := web.control.ValuesAfter(v.r.Context(), v.actor, p.Device.ID, fleet.Attribute, after, attributesShown+1)
	if err != nil {
		return err
	}
	if after != "" {
		p.AttributePaging.First = v.with("attributes", "")
	}
	if len(list) > attributesShown {
		list = list[:attributesShown]
		p.AttributePaging.Next = v.with("attributes", list[attributesShown-1].Key)
	}
	p.Attributes = slices.DeleteFunc(list, func(a fleet.Value) bool { return a.Key == fleet.AttributePackages })
	installed, err := web.control.Value(v.r.Context(), v.actor, p.Device.ID, fleet.Attribute, fleet.AttributePackages)
	if fleet.CodeOf(err) == fleet.NotFound {
		return nil
	}
	p.Packages = readPackages(installed.Text)
	return err
}

// readPackages reads the list that a device publishes of itself.
func readPackages(text string) view.Packages {
	var p view.Packages
	if text != "" && json.Unmarshal([]byte(text), &p.List) != nil {
		return view.Packages{Unreadable: true}
	}
	return p
}

// fillPlace fills where the device hangs, and what the reader may do there.
func (web *Web) fillPlace(v *visit, p *view.DevicePage) error {
	d := p.Device
	unit, err := web.control.Unit(v.r.Context(), v.actor, d.UnitID)
	if err != nil {
		return err
	}
	p.Unit = unit.Name
	if p.Groups, err = web.control.Groups(v.r.Context(), v.actor, control.GroupFilter{DeviceID: d.ID}, control.Page{Limit: pageSize}); err != nil {
		return err
	}
	if d.ParentID != 0 {
		if p.Parent, err = web.control.Device(v.r.Context(), v.actor, d.ParentID); err != nil && fleet.CodeOf(err) != fleet.Denied {
			return err
		}
	} else if p.Things, err = web.control.Devices(v.r.Context(), v.actor, control.DeviceFilter{ParentID: d.ID}, control.Page{Limit: mostToTick + 1}); err != nil {
		return err
	} else if p.MoreThings = len(p.Things) > mostToTick; p.MoreThings {
		p.Things = p.Things[:mostToTick]
	}
	p.MayWrite = web.mayIn(v, fleet.DeviceWrite, d.UnitID)[d.UnitID]
	p.MayLog = web.mayIn(v, fleet.DeviceLog, d.UnitID)[d.UnitID]
	url := "/devices/" + d.ID.String()
	if d.State == fleet.DeviceAccepted && web.mayIn(v, fleet.UpdateWrite, d.UnitID)[d.UnitID] {
		p.Menu.Links = append(p.Menu.Links, view.Crumb{Word: "Software update", URL: url + "/update"})
	}
	if p.MayWrite {
		p.Menu.Links = append(p.Menu.Links, view.Crumb{Word: "Name and unit", URL: url + "/place"})
		if d.State == fleet.DeviceAccepted {
			p.Menu.Ask = new(view.RejectAsk(d, false))
		}
	}
	return nil
}

// fillLocation fills the newest location when it is asked for.
func (web *Web) fillLocation(v *visit, p *view.DevicePage) error {
	p.Location.Show, p.Location.Hide = v.with("show", "location"), v.with("show", "")
	if p.Location.Asked = v.r.URL.Query().Get("show") == "location"; !p.Location.Asked {
		return nil
	}
	list, err := web.control.Values(v.r.Context(), v.actor, p.Device.ID, fleet.Location)
	if err == nil && len(list) > 0 {
		newest := slices.MaxFunc(list, func(a, b fleet.Value) int { return a.At.Compare(b.At) })
		p.Location.At = newest.At
		p.Location.Unreadable = json.Unmarshal([]byte(newest.Text), &p.Location) != nil
	}
	return err
}

func (web *Web) fillUpdates(v *visit, p *view.DevicePage) (err error) {
	p.Updates, p.Menu.Waiting, err = web.deviceUpdates(v, p.Device)
	return err
}

func (web *Web) fillLog(v *visit, p *view.DevicePage) error {
	if !p.MayLog {
		return nil
	}
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
