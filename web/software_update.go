package web

import (
	"crypto/rand"
	"net/http"
	"strconv"
	"strings"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

// software is the page that gives a command to the target, with its last
// updates.
func software(of targetOf) func(*Web, *visit) error {
	return func(web *Web, v *visit) error {
		t, err := of(web, v)
		if err != nil {
			return err
		}
		return web.showSoftware(v, http.StatusOK, t, view.SoftwareChoice{}, "")
	}
}

// planSoftware asks for the confirmation: it says what would go to which
// devices and changes nothing.
func planSoftware(of targetOf) func(*Web, *visit) error {
	return func(web *Web, v *visit) error {
		t, err := of(web, v)
		if err != nil {
			return err
		}
		c, err := v.softwareChoice()
		if err != nil {
			return web.showSoftware(v, statuses[fleet.CodeOf(err)], t, c, sentence(err))
		}
		if v.r.Form.Get("again") != "" {
			return web.showSoftware(v, http.StatusOK, t, c, "")
		}
		if wrong := c.Missing(); wrong != "" {
			return web.showSoftware(v, http.StatusBadRequest, t, c, wrong)
		}
		planned, err := web.control.PlanUpdate(v.r.Context(), v.actor, t.update(c))
		if mended(err) {
			return web.showSoftware(v, statuses[fleet.CodeOf(err)], t, c, sentence(err))
		}
		if err != nil {
			return err
		}
		what, err := web.contentWord(v, c)
		if err != nil {
			return err
		}
		p := view.NewConfirmPage(t.Target, c, what, planned)
		if p.To == 0 {
			return web.showSoftware(v, http.StatusConflict, t, c, p.Refused)
		}
		p.Once = rand.Text()
		if c.Type == fleet.JetPorch {
			p.Findings = findings(c.Script)
		}
		p.Frame = v.frame("Confirm", t.Place, "", append(t.Way(), view.Crumb{Word: "Software update", URL: t.URL + "/update"})...)
		return v.show(http.StatusOK, view.Confirm(p))
	}
}

// sendSoftware gives the command that was confirmed.
func sendSoftware(of targetOf) func(*Web, *visit) error {
	return func(web *Web, v *visit) error {
		t, err := of(web, v)
		if err != nil {
			return err
		}
		c, err := v.softwareChoice()
		if err == nil {
			n := t.update(c)
			n.IdempotencyKey = v.r.Form.Get("once")
			_, err = web.control.CreateUpdate(v.r.Context(), v.actor, n)
		}
		if mended(err) {
			return web.showSoftware(v, statuses[fleet.CodeOf(err)], t, c, sentence(err))
		}
		if err != nil {
			return err
		}
		return v.leave(t.URL+"/update", view.Upper(c.Type.Word())+" to "+t.Name+" waits to be sent with the next telemetry message.")
	}
}

// mended tells whether the reader can mend what was wrong on the form.
func mended(err error) bool {
	code := fleet.CodeOf(err)
	return code == fleet.Invalid || code == fleet.NotFound || code == fleet.Conflict
}

func (t target) update(c view.SoftwareChoice) control.NewUpdate {
	n := control.NewUpdate{Type: c.Type, Audience: t.audience}
	switch c.Type { // what stands under another option is not sent
	case fleet.Predefined:
		n.ReleaseID = c.Release
	case fleet.MagicLinkUpdate:
		n.MagicLink = c.MagicLink
	case fleet.JetPorch:
		n.Script = c.Script
	}
	return n
}

// softwareChoice reads the form; a file takes the place of a typed script.
// What was read is returned with an error too.
func (v *visit) softwareChoice() (c view.SoftwareChoice, err error) {
	file, err := v.upload("file", fleet.MaxScript)
	form := v.r.Form
	c = view.SoftwareChoice{Type: fleet.UpdateType(form.Get("type")), MagicLink: strings.TrimSpace(form.Get("magic_link")),
		Script: strings.ReplaceAll(form.Get("script"), "\r\n", "\n")}
	if id, failed := strconv.ParseInt(form.Get("release"), 10, 64); failed == nil {
		c.Release = fleet.ReleaseID(id)
	}
	if len(file) > 0 {
		c.Script = string(file)
	}
	return c, err
}

func (web *Web) contentWord(v *visit, c view.SoftwareChoice) (string, error) {
	if c.Type != fleet.Predefined {
		return view.Upper(c.Type.Word()), nil
	}
	r, err := web.control.Release(v.r.Context(), v.actor, c.Release)
	return r.Name + " " + r.Version, err
}

func (web *Web) showSoftware(v *visit, status int, t target, c view.SoftwareChoice, wrong string) error {
	p := view.SoftwareUpdatePage{Now: v.now, Target: t.Target, Choice: c, Findings: findings(c.Script), Error: wrong,
		Frame: v.frame("Software update", t.Place, t.events, t.Way()...)}
	p.Frame.Title = "Software update of " + t.Name
	var err error
	if p.Options, err = web.options(v, t); err != nil {
		return err
	}
	if p.Catalogue, err = web.catalogue(v, t); err != nil {
		return err
	}
	if p.Choice.Type == "" {
		p.Choice.Type = view.FirstOption(p.Options, p.Catalogue)
	}
	if t.group.ID != 0 {
		p.Updates, p.Waiting, err = web.groupUpdates(v, t.group)
	} else {
		p.Executions, p.Waiting, err = web.deviceUpdates(v, t.device)
	}
	if err != nil {
		return err
	}
	return v.show(status, view.SoftwareUpdate(p))
}
