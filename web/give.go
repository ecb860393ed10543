package web

import (
	"crypto/rand"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

// mostToTick is how many devices and releases are offered to tick; others
// are named by their key.
const mostToTick = 200

// choice is what was chosen on the form: a release, and devices by tick box,
// by key, or by both.
type choice struct {
	release fleet.ReleaseID
	keys    []string // sorted, each once
}

// choice reads the form. A release that cannot be read is none.
func (v *visit) choice() (choice, error) {
	if err := v.r.ParseForm(); err != nil {
		return choice{}, formError(err)
	}
	id, err := strconv.ParseInt(v.r.Form.Get("release"), 10, 64)
	if err != nil {
		id = 0
	}
	keys := keyLines(strings.Join(v.r.Form["device"], "\n") + "\n" + v.r.Form.Get("keys"))
	return choice{fleet.ReleaseID(id), keys}, nil
}

func (c choice) update() control.NewUpdate {
	return control.NewUpdate{Type: fleet.SUP, ReleaseID: c.release, Audience: fleet.Audience{Devices: c.keys}}
}

func (web *Web) chooseUpdate(v *visit) error {
	c, err := v.choice()
	if err != nil {
		return err
	}
	return web.showChoice(v, http.StatusOK, c, "")
}

// showChoice is the form with what was chosen, and what was wrong with it.
func (web *Web) showChoice(v *visit, status int, c choice, wrong string) error {
	releases, err := web.control.Releases(v.r.Context(), v.actor, control.ReleaseFilter{}, control.Page{Limit: mostToTick})
	if err != nil {
		return err
	}
	releases = slices.DeleteFunc(releases, func(r fleet.Release) bool { return len(r.Variables) > 0 }) // they are asked for on the page of a device or group
	devices, err := web.control.Devices(v.r.Context(), v.actor, control.DeviceFilter{State: fleet.DeviceAccepted}, control.Page{Limit: mostToTick + 1})
	if err != nil {
		return err
	}
	p := view.GivePage{Now: v.now, Releases: releases, Release: c.release, Devices: devices, Chosen: map[string]bool{}, Error: wrong,
		Frame: v.frame("Give an update", "/updates", "", view.Crumb{Word: "Updates", URL: "/updates"})}
	if p.More = len(devices) > mostToTick; p.More {
		p.Devices = devices[:mostToTick]
	}
	var typed []string
	for _, key := range c.keys {
		if slices.ContainsFunc(p.Devices, func(d fleet.Device) bool { return d.Key == key }) {
			p.Chosen[key] = true
		} else {
			typed = append(typed, key)
		}
	}
	p.Keys = strings.Join(typed, "\n")
	return v.show(status, view.Give(p))
}

// planUpdate shows what the update would mean and changes nothing.
func (web *Web) planUpdate(v *visit) error {
	c, err := v.choice()
	if err != nil {
		return err
	}
	if c.release == 0 {
		return web.showChoice(v, http.StatusBadRequest, c, "Choose a release.")
	}
	planned, err := web.control.PlanUpdate(v.r.Context(), v.actor, c.update())
	if code := fleet.CodeOf(err); code == fleet.Invalid || code == fleet.NotFound {
		return web.showChoice(v, http.StatusBadRequest, c, sentence(err))
	}
	if err != nil {
		return err
	}
	release, err := web.control.Release(v.r.Context(), v.actor, c.release)
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, view.Plan(view.PlanPage{Release: release, Planned: planned,
		Keys: strings.Join(c.keys, "\n"), Once: rand.Text(),
		Frame: v.frame("Plan", "/updates", "", view.Crumb{Word: "Updates", URL: "/updates"}, view.Crumb{Word: "Give an update", URL: "/updates/new"})}))
}

func (web *Web) giveUpdate(v *visit) error {
	c, err := v.choice()
	if err != nil {
		return err
	}
	update := c.update()
	update.IdempotencyKey = v.r.PostForm.Get("once")
	u, err := web.control.CreateUpdate(v.r.Context(), v.actor, update)
	if code := fleet.CodeOf(err); code == fleet.Invalid || code == fleet.NotFound {
		return web.showChoice(v, http.StatusBadRequest, c, sentence(err))
	}
	if err != nil {
		return err
	}
	return v.leave("/updates/"+u.ID.String(), u.Title+" is given.")
}

// sentence is what an error says, as a sentence of its own.
func sentence(err error) string {
	s := fleet.Sentence(err)
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
