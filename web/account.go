package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/httpx"
	"github.com/sluicehq/sluice/web/view"
)

func (web *Web) account(v *visit) error { return web.showAccount(v, http.StatusOK, view.AccountPage{}) }

// showAccount is what the reader may change of themself; who has to choose a
// password sees only that.
func (web *Web) showAccount(v *visit, status int, p view.AccountPage) error {
	p.Now, p.User, p.Grants = v.now, v.actor.User, v.actor.Grants
	v.may = web.mayDo(v.actor)
	p.Frame = v.frame("Account", "/account", "")
	if !v.actor.User.MustChange {
		var err error
		if p.Tokens, err = web.control.APITokens(v.r.Context(), v.actor); err != nil {
			return err
		}
	}
	return v.show(status, view.Account(p))
}

func (web *Web) changePassword(v *visit) error {
	form := v.r.PostFormValue
	wrong := ""
	if form("new") != form("again") {
		wrong = "The new password and its repetition differ."
	} else if err := web.control.ChangePassword(v.r.Context(), v.actor, form("old"), form("new")); err != nil {
		if code := fleet.CodeOf(err); code == fleet.Internal {
			return err
		}
		wrong = sentence(err)
	}
	if wrong != "" {
		return web.showAccount(v, http.StatusBadRequest, view.AccountPage{PasswordError: wrong})
	}
	// Every session of the user has ended; this one goes on as a new one.
	token, session, err := web.control.SignIn(v.r.Context(), v.actor.Name(), form("new"))
	if err != nil {
		return err
	}
	http.SetCookie(v.w, httpx.SessionCookie(v.r, token, session.ExpiresAt))
	return v.leave("/account", "The password is changed. Other browsers have to sign in again.")
}

func (web *Web) createAPIToken(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return formError(err)
	}
	p := view.AccountPage{TokenName: strings.TrimSpace(v.r.PostForm.Get("name")), Days: v.r.PostForm.Get("days"), Only: map[fleet.Action]bool{}}
	var only []fleet.Action
	for _, action := range v.r.PostForm["action"] {
		p.Only[fleet.Action(action)] = true
		only = append(only, fleet.Action(action))
	}
	slices.Sort(only)
	days, err := strconv.Atoi(p.Days)
	if err != nil || days < 1 || days > 365 {
		p.TokenError = "A token lasts 1 to 365 days."
		return web.showAccount(v, http.StatusBadRequest, p)
	}
	text, _, err := web.control.CreateAPIToken(v.r.Context(), v.actor, p.TokenName, only, time.Duration(days)*24*time.Hour)
	if mended(err) || fleet.CodeOf(err) == fleet.Denied {
		p.TokenError = sentence(err)
		return web.showAccount(v, statuses[fleet.CodeOf(err)], p)
	}
	if err != nil {
		return err
	}
	return web.showAccount(v, http.StatusOK, view.AccountPage{Secret: &view.Secret{Title: "The token " + p.TokenName, Text: text}})
}

func (web *Web) revokeAPIToken(v *visit) error {
	name := v.r.PostFormValue("name")
	if err := web.control.RevokeAPIToken(v.r.Context(), v.actor, name); err != nil {
		return err
	}
	return v.leave("/account", "The token "+name+" is revoked.")
}
