package web

import (
	"errors"
	"net/http"
	"strings"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/httpx"
	"github.com/sluicehq/sluice/web/view"
)

// sessionToken is the token of the browser's session. Bearer tokens are for
// the API: here they open nothing.
func sessionToken(r *http.Request) string {
	token, fromCookie := httpx.Token(r)
	if !fromCookie {
		return ""
	}
	return token
}

func (web *Web) signIn(v *visit) error {
	next := v.r.FormValue("next")
	if _, err := web.control.Authenticate(v.r.Context(), sessionToken(v.r)); err == nil {
		v.redirect(nextPath(next))
		return nil
	}
	return v.show(http.StatusOK, view.SignIn(view.SignInPage{Next: next, Hint: web.FirstPassword}))
}

func (web *Web) doSignIn(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return formError(err)
	}
	name, next := strings.TrimSpace(v.r.PostFormValue("name")), v.r.PostFormValue("next")
	token, session, err := web.control.SignIn(v.r.Context(), name, v.r.PostFormValue("password"))
	if code := fleet.CodeOf(err); code == fleet.Denied || code == fleet.Unavailable {
		status := http.StatusUnauthorized
		if code == fleet.Unavailable {
			status = http.StatusTooManyRequests
			httpx.RetryAfter(v.w.Header(), fleet.AfterOf(err))
		}
		return v.show(status, view.SignIn(view.SignInPage{Name: name, Next: next, Error: fleet.Sentence(err), Hint: web.FirstPassword}))
	}
	if err != nil {
		return err
	}
	http.SetCookie(v.w, httpx.SessionCookie(v.r, token, session.ExpiresAt))
	v.redirect(nextPath(next))
	return nil
}

func (web *Web) signOut(v *visit) error {
	if token := sessionToken(v.r); token != "" {
		if err := web.control.SignOut(v.r.Context(), token); err != nil {
			return err
		}
	}
	http.SetCookie(v.w, httpx.NoSessionCookie(v.r))
	v.redirect("/sign-in")
	return nil
}

// nextPath is where to go after the sign-in: a page of ours and nothing else.
func nextPath(next string) string {
	if localPath(next) {
		return next
	}
	return "/devices"
}

// localPath tells whether a URL stays on this server. Browsers read "//" and
// "/\" as another host, and drop control characters.
func localPath(url string) bool {
	if len(url) > 2000 || !strings.HasPrefix(url, "/") || strings.HasPrefix(url, "//") {
		return false
	}
	return !strings.ContainsFunc(url, func(r rune) bool { return r == '\\' || r < ' ' || r == 0x7f })
}

// formError keeps a form that is too big apart from one that is broken.
func formError(err error) error {
	if tooBig := new(http.MaxBytesError); errors.As(err, &tooBig) {
		return err
	}
	return fleet.Errorf(fleet.Invalid, "cannot read the form: %v", err)
}
