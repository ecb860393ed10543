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
		return web.confirmSoftware(v, http.StatusOK, t, c)
	}
}

// confirmSoftware asks for the confirmation of what was chosen. Warnings are
// told there, and accepted with the answer.
func (web *Web) confirmSoftware(v *visit, status int, t target, c view.SoftwareChoice) error {
	n := t.update(c)
	n.AcceptWarnings = true
	planned, err := web.control.PlanUpdate(v.r.Context(), v.actor, n)
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
	p := view.NewConfirmPage(t.Target, c, what, rand.Text(), planned)
	if p.To == 0 {
		return web.showSoftware(v, http.StatusConflict, t, c, p.Refused)
	}
	p.Warn(findings(p.Script))
	p.Frame = v.frame("Confirm", t.Place, "", append(t.Way(), view.Crumb{Word: "Software update", URL: t.URL + "/update"})...)
	return v.show(status, view.Confirm(p))
}

// sendSoftware gives the command that was confirmed.
func sendSoftware(of targetOf) func(*Web, *visit) error {
	return func(web *Web, v *visit) error {
		t, err := of(web, v)
		if err != nil {
			return err
		}
		c, err := v.softwareChoice()
		if err != nil {
			return web.showSoftware(v, statuses[fleet.CodeOf(err)], t, c, sentence(err))
		}
		n := t.update(c)
		n.IdempotencyKey, n.AcceptWarnings = v.r.Form.Get("once"), v.r.Form.Get("accept_warnings") != ""
		u, err := web.control.CreateUpdate(v.r.Context(), v.actor, n)
		switch {
		case fleet.CodeOf(err) == fleet.Unconfirmed:
			return web.confirmSoftware(v, http.StatusConflict, t, c)
		case mended(err):
			return web.showSoftware(v, statuses[fleet.CodeOf(err)], t, c, sentence(err))
		case err != nil:
			return err
		case c.Check:
			return v.leave("/updates/"+u.ID.String(), "The check of "+t.Name+" waits to be sent with the next telemetry message. Nothing will be changed.")
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
		n.Check = c.Check
		if c.Bundle == 0 {
			n.Script = c.Script
		} else {
			n.ReleaseID, n.Variables = c.Bundle, c.Variables
		}
	}
	return n
}

// softwareChoice reads the form; a file takes the place of a typed script.
// What was read is returned with an error too.
func (v *visit) softwareChoice() (c view.SoftwareChoice, err error) {
	file, err := v.upload("file", fleet.MaxScript)
	form := v.r.Form
	c = view.SoftwareChoice{Type: fleet.UpdateType(form.Get("type")), MagicLink: strings.TrimSpace(form.Get("magic_link")),
		Script: strings.ReplaceAll(form.Get("script"), "\r\n", "\n"), Release: releaseID(form.Get("release")),
		Bundle: releaseID(form.Get("bundle")), Check: form.Get("check") != ""}
	c.Variables = variables(form, c.Bundle)
	if len(file) > 0 {
		c.Script = string(file)
	}
	return c, err
}

// releaseID reads the id of a release; 0 where none was chosen.
func releaseID(text string) fleet.ReleaseID {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return fleet.ReleaseID(id)
}

func (web *Web) contentWord(v *visit, c view.SoftwareChoice) (string, error) {
	id := c.Release
	if c.Type == fleet.JetPorch {
		id = c.Bundle
	}
	if c.Type == fleet.MagicLinkUpdate || id == 0 {
		return view.Upper(c.Type.Word()), nil
	}
	r, err := web.control.Release(v.r.Context(), v.actor, id)
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
	if p.Bundles, err = web.bundles(v); err != nil {
		return err
	}
	if p.CheckRefusal, err = web.checkRefusal(v, t); err != nil {
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
