package web

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/httpx"
	"github.com/sluicehq/sluice/web/view"
)

// maxForm bounds a form in bytes: the keys of fleet.MaxAudience devices.
const maxForm = 4 << 20

// fragmentHeader asks for the live regions of a page only.
const fragmentHeader = "Sluice-Fragment"

// visit is one request of a person.
type visit struct {
	w     http.ResponseWriter
	r     *http.Request
	actor control.Actor // nobody on pages for everybody
	now   time.Time
	may   map[fleet.Action]bool // what the actor may do somewhere
	body  io.Reader             // of the request, without the bound of a form; for a file that is stored as it comes in
}

// handler serves one page: who is it, may they, answer, and a page with a
// sentence for every error.
func (web *Web) handler(p page) http.Handler {
	return httpx.Secure(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Add("Vary", fragmentHeader)
		v := &visit{w: w, r: r, now: web.control.Now(), body: r.Body}
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := web.serve(p, v); err != nil {
			web.fail(v, err)
		}
	}))
}

func (web *Web) serve(p page, v *visit) error {
	if p.action == "" {
		return p.serve(web, v)
	}
	actor, err := web.control.Authenticate(v.r.Context(), sessionToken(v.r))
	switch {
	case fleet.CodeOf(err) == fleet.Denied:
		v.toSignIn()
		return nil
	case err != nil:
		return err
	}
	v.actor = actor
	if p.action == oneself {
		return p.serve(web, v)
	}
	if actor.User.MustChange {
		return v.toAccount()
	}
	v.may = web.mayDo(actor)
	if !v.may[p.action] {
		return web.refuse(v, p.action)
	}
	return p.serve(web, v)
}

// mayDo is what the actor may do somewhere.
func (web *Web) mayDo(a control.Actor) map[fleet.Action]bool {
	may := map[fleet.Action]bool{}
	for _, right := range fleet.Rights {
		for _, action := range right.Actions {
			may[action] = web.control.May(a, action)
		}
	}
	return may
}

// refuse is the rule that keeps the actor from an action everywhere.
func (web *Web) refuse(v *visit, do fleet.Action) error {
	in := fleet.Root
	if len(v.actor.Grants) > 0 {
		in = v.actor.Grants[0].Unit.ID
	}
	return web.control.Authorize(v.r.Context(), v.actor, do, in)
}

// mayIn tells in which of the units the actor may do the action.
func (web *Web) mayIn(v *visit, do fleet.Action, units ...fleet.UnitID) map[fleet.UnitID]bool {
	may := map[fleet.UnitID]bool{}
	for _, u := range units {
		if _, asked := may[u]; !asked {
			may[u] = v.may[do] && web.control.MayIn(v.r.Context(), v.actor, do, u)
		}
	}
	return may
}

// toAccount sends who has to choose a password there before anything else.
func (v *visit) toAccount() error {
	if v.fragment() || v.r.URL.Path == "/events" {
		return fleet.Errorf(fleet.Denied, "%s has to choose a password first", v.actor.Name())
	}
	v.redirect("/account")
	return nil
}

// toSignIn sends a reader to sign in and back; a script only hears no.
func (v *visit) toSignIn() {
	if v.fragment() || v.r.URL.Path == "/events" {
		http.Error(v.w, "not signed in", http.StatusUnauthorized)
		return
	}
	to := "/sign-in"
	if v.r.Method == http.MethodGet && v.r.URL.Path != "/" {
		to += "?" + url.Values{"next": {v.r.URL.RequestURI()}}.Encode()
	}
	v.redirect(to)
}

func (v *visit) fragment() bool { return v.r.Header.Get(fragmentHeader) != "" }

func (v *visit) redirect(to string) { http.Redirect(v.w, v.r, to, http.StatusSeeOther) }

// show answers with a page, or with its live regions where a script asked
// for those. The page is complete before the first byte is sent.
func (v *visit) show(status int, page templ.Component) error {
	var out bytes.Buffer
	var err error
	if v.fragment() {
		err = templ.RenderFragments(v.r.Context(), &out, page, view.LiveFragment)
	} else {
		err = page.Render(v.r.Context(), &out)
	}
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = out.WriteTo(v.w) // a reader who has gone needs no error
	return nil
}

// frame is what surrounds a page of this visit. It takes the note of the
// last action, which is shown once.
func (v *visit) frame(title, here, events string, way ...view.Crumb) view.Frame {
	f := view.Frame{Title: title, Here: here, Events: events, User: v.actor.Name(), Role: roleWord(v.actor.Grants), May: v.may}
	f.Crumbs = append(way, view.Crumb{Word: title})
	if !v.fragment() {
		f.Note = v.takeNote()
	}
	return f
}

// id reads the id in the path.
func (v *visit) id(noun string) (int64, error) {
	id, err := strconv.ParseInt(v.r.PathValue("id"), 10, 64)
	if err != nil || id <= 0 {
		return 0, fleet.Errorf(fleet.NotFound, "there is no %s %q", noun, v.r.PathValue("id"))
	}
	return id, nil
}

// roleWord is the role beside a user's name.
func roleWord(grants []fleet.Grant) string {
	switch len(grants) {
	case 0:
		return "no role"
	case 1:
		return string(grants[0].Role)
	}
	return view.Count(len(grants), "role")
}
