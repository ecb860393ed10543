package web

import (
	"net/http"
	"strconv"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

func (web *Web) releaseList(v *visit) error {
	return web.showReleases(v, http.StatusOK, view.ReleaseUpload{})
}

// showReleases is the list, with what came of an upload.
func (web *Web) showReleases(v *visit, status int, u view.ReleaseUpload) error {
	list, err := web.control.Releases(v.r.Context(), v.actor, control.ReleaseFilter{}, v.part())
	if err != nil {
		return err
	}
	p := view.ReleaseListPage{Now: v.now, Upload: u, Frame: v.frame("Releases", "/releases", "")}
	p.Releases, p.Paging = cut(v, list, func(r fleet.Release) int64 { return int64(r.ID) })
	units := make([]fleet.UnitID, len(list))
	for i, r := range list {
		units[i] = r.UnitID
	}
	p.MayWrite = web.mayIn(v, fleet.ReleaseWrite, units...)
	return v.show(status, view.ReleaseList(p))
}

// uploadRelease stores the file of the form as it comes in, and makes a
// release of it.
func (web *Web) uploadRelease(v *visit) error {
	name, content, err := v.stream("file")
	if err != nil {
		return web.showReleases(v, http.StatusBadRequest, view.ReleaseUpload{Error: sentence(err)})
	}
	f, err := web.control.Upload(v.r.Context(), v.actor, name, content)
	if content.broken != nil {
		return fleet.Errorf(fleet.Invalid, "cannot store %s: the upload broke off", name)
	}
	if mended(err) {
		return web.showReleases(v, statuses[fleet.CodeOf(err)], view.ReleaseUpload{Error: sentence(err)})
	}
	if err != nil {
		return err
	}
	return web.makeRelease(v, f.ID, name, false)
}

// keepRelease makes a release of a file that was uploaded, although the check
// of its playbooks warns.
func (web *Web) keepRelease(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return formError(err)
	}
	id, err := strconv.ParseInt(v.r.PostForm.Get("file"), 10, 64)
	if err != nil {
		return fleet.Errorf(fleet.NotFound, "there is no file %q", v.r.PostForm.Get("file"))
	}
	return web.makeRelease(v, fleet.FileID(id), "", true)
}

// makeRelease makes a release of a file; name is what its sender calls it.
func (web *Web) makeRelease(v *visit, id fleet.FileID, name string, acceptWarnings bool) error {
	r, err := web.control.CreateRelease(v.r.Context(), v.actor, id, acceptWarnings)
	switch code := fleet.CodeOf(err); {
	case code == fleet.Unconfirmed:
		return web.showReleases(v, statuses[code], view.ReleaseUpload{File: name, Keep: id, Findings: findingsOf(control.Findings(err)), Error: sentence(err)})
	case mended(err):
		return web.showReleases(v, statuses[code], view.ReleaseUpload{File: name, Findings: findingsOf(control.Findings(err)), Error: sentence(err)})
	case err != nil:
		return err
	}
	return v.leave("/releases", r.Name+" "+r.Version+" is a release.")
}

// setPredefined puts a release into the catalogue, or takes it out.
func (web *Web) setPredefined(v *visit) error {
	id, err := v.id("release")
	if err != nil {
		return err
	}
	in := v.r.PostFormValue("predefined") == "true"
	r, err := web.control.SetPredefined(v.r.Context(), v.actor, fleet.ReleaseID(id), in)
	if err != nil {
		return err
	}
	said := " stands in the catalogue of pre-defined software updates."
	if !in {
		said = " is out of the catalogue."
	}
	return v.leave(v.back("/releases"), r.Name+" "+r.Version+said)
}
