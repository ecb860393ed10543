package web

import (
	"fmt"
	"net/http"
	"slices"
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
	state := fleet.DeviceState(v.r.URL.Query().Get("state"))
	if !slices.Contains(fleet.DeviceStates, state) {
		state = ""
	}
	text := strings.TrimSpace(v.r.URL.Query().Get("q"))
	if len(text) > maxText {
		return fleet.Errorf(fleet.Invalid, "cannot search: the text has more than %d bytes", maxText)
	}
	counts, err := web.control.DeviceCounts(ctx, v.actor)
	if err != nil {
		return err
	}
	list, err := web.control.Devices(ctx, v.actor, control.DeviceFilter{Text: text, State: state}, v.part())
	if err != nil {
		return err
	}
	p := view.DeviceListPage{Frame: v.frame("Devices", "/devices", "/events?about=devices"), Now: v.now,
		Text: text, State: string(state), Filters: deviceFilters(v, counts, state), Enrol: web.enrolment(v.r)}
	p.Frame.Finds = true
	p.Summary, p.Total = deviceSummary(counts)
	p.Devices, p.Paging = cut(v, list, func(d fleet.Device) int64 { return int64(d.ID) })
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

func deviceFilters(v *visit, counts map[fleet.DeviceState]int, chosen fleet.DeviceState) []view.Filter {
	_, total := deviceSummary(counts)
	list := []view.Filter{{Badge: view.Badge{Word: "All"}, URL: v.with("state", ""), Count: total, Chosen: chosen == ""}}
	for _, s := range fleet.DeviceStates {
		b := view.DeviceBadge(s, fleet.Operational)
		if s == fleet.DeviceAccepted {
			b.Word = "Accepted"
		}
		list = append(list, view.Filter{Badge: b, URL: v.with("state", string(s)), Count: counts[s], Chosen: chosen == s})
	}
	return list
}
