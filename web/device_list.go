package web

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

func (web *Web) home(v *visit) error {
	v.redirect("/devices")
	return nil
}

func (web *Web) deviceList(v *visit) error {
	ctx := v.r.Context()
	f, err := v.deviceFilter()
	if err != nil {
		return err
	}
	counts, err := web.control.DeviceCounts(ctx, v.actor)
	if err != nil {
		return err
	}
	list, err := web.control.Devices(ctx, v.actor, f, v.part())
	if err != nil {
		return err
	}
	p := view.DeviceListPage{Frame: v.frame("Devices", "/devices", "/events?about=devices"), Now: v.now,
		Filters: deviceFilters(v, counts, f), Enrol: web.enrolment(v.r)}
	if p.Find, err = web.deviceFilterForm(v, f); err != nil {
		return err
	}
	p.Frame.Finds = true
	p.Summary, p.Total = deviceSummary(counts)
	p.Devices, p.Paging = cut(v, list, func(d fleet.Device) int64 { return int64(d.ID) })
	ids, units := make([]fleet.DeviceID, len(p.Devices)), make([]fleet.UnitID, len(p.Devices))
	for i, d := range p.Devices {
		ids[i], units[i] = d.ID, d.UnitID
	}
	if p.Groups, err = web.control.GroupsOf(ctx, v.actor, ids); err != nil {
		return err
	}
	p.MayWrite = web.mayIn(v, fleet.DeviceWrite, units...)
	return v.show(http.StatusOK, view.DeviceList(p))
}

// enrolment are the commands that make a machine a device of this server.
func (web *Web) enrolment(r *http.Request) []string {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return []string{"sluice device token",
		"sluice-agent enrol --server " + scheme + "://" + r.Host + " --token TOKEN --fingerprint " + web.Fingerprint}
}

// deviceSummary is the line of counts under the title.
func deviceSummary(counts map[fleet.DeviceState]int) (line string, total int) {
	var parts []string
	for _, s := range fleet.DeviceStates {
		total += counts[s]
		if counts[s] > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", view.Number(counts[s]), s))
		}
	}
	if total == 0 {
		return "No device is known yet.", 0
	}
	return view.Count(total, "device") + ": " + strings.Join(parts, ", ") + ".", total
}

func deviceFilters(v *visit, counts map[fleet.DeviceState]int, f control.DeviceFilter) []view.Filter {
	chosen := f.State
	_, total := deviceSummary(counts)
	f.State = ""
	count := func(n int) int {
		if f != (control.DeviceFilter{}) {
			return -1 // the counts are of the whole fleet
		}
		return n
	}
	list := []view.Filter{{Badge: view.Badge{Word: "All"}, URL: v.with("state", ""), Count: count(total), Chosen: chosen == ""}}
	for _, s := range fleet.DeviceStates {
		b := view.DeviceBadge(s, fleet.Operational)
		if s == fleet.DeviceAccepted {
			b.Word = "Accepted"
		}
		list = append(list, view.Filter{Badge: b, URL: v.with("state", string(s)), Count: count(counts[s]), Chosen: chosen == s})
	}
	return list
}
