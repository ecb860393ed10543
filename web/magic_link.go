package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

func (web *Web) magicLinkList(v *visit) error {
	return web.showMagicLinks(v, http.StatusOK, view.MagicLinkForm{}, nil)
}

func (web *Web) showMagicLinks(v *visit, status int, form view.MagicLinkForm, secret *view.Secret) error {
	list, err := web.control.MagicLinks(v.r.Context(), v.actor, v.part())
	if err != nil {
		return err
	}
	if form.Releases, err = web.control.Releases(v.r.Context(), v.actor, control.ReleaseFilter{}, control.Page{Limit: mostToTick}); err != nil {
		return err
	}
	form.Releases = slices.DeleteFunc(form.Releases, func(r fleet.Release) bool { return r.Format == fleet.FormatPlaybook })
	p := view.MagicLinkListPage{Now: v.now, New: form, Secret: secret, Frame: v.frame("Magic Links", "/magic-links", "")}
	p.Links, p.Paging = cut(v, list, func(m fleet.MagicLink) int64 { return int64(m.ID) })
	return v.show(status, view.MagicLinkList(p))
}

func (web *Web) createMagicLink(v *visit) error {
	form := view.MagicLinkForm{Keys: v.r.PostFormValue("keys"), Note: v.r.PostFormValue("note")}
	if id, err := strconv.ParseInt(v.r.PostFormValue("release"), 10, 64); err == nil {
		form.Release = fleet.ReleaseID(id)
	}
	hash, m, err := web.control.CreateMagicLink(v.r.Context(), v.actor, form.Release, keyLines(form.Keys), form.Note)
	if mended(err) {
		form.Error = sentence(err)
		return web.showMagicLinks(v, statuses[fleet.CodeOf(err)], form, nil)
	}
	if err != nil {
		return err
	}
	title := "Magic Link to " + m.Release.Name + " " + m.Release.Version + " for " + view.Count(m.Devices, "gateway")
	return web.showMagicLinks(v, http.StatusOK, view.MagicLinkForm{}, &view.Secret{Title: title, Text: hash})
}

func (web *Web) magicLink(v *visit) error {
	id, err := v.id("Magic Link")
	if err != nil {
		return err
	}
	m, keys, err := web.control.MagicLinkByID(v.r.Context(), v.actor, fleet.MagicLinkID(id))
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, view.MagicLink(view.MagicLinkPage{Now: v.now, Link: m, Keys: keys,
		MayWrite: web.mayIn(v, fleet.MagicLinkWrite, m.UnitID)[m.UnitID],
		Frame:    v.frame("Magic Link "+m.ID.String(), "/magic-links", "", view.Crumb{Word: "Magic Links", URL: "/magic-links"})}))
}

func (web *Web) revokeMagicLink(v *visit) error {
	id, err := v.id("Magic Link")
	if err != nil {
		return err
	}
	if err := web.control.RevokeMagicLink(v.r.Context(), v.actor, fleet.MagicLinkID(id)); err != nil {
		return err
	}
	return v.leave("/magic-links", "The Magic Link "+fleet.MagicLinkID(id).String()+" is revoked.")
}
