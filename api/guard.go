package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/httpx"
)

// caller is who sent a request.
type caller struct {
	control.Actor
	token string
}

type callerKey struct{}

// callerOf is the caller that guard let in; on a public route it is nobody.
func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

func actorOf(ctx context.Context) control.Actor { return callerOf(ctx).Actor }

// guard lets a request pass that may do what the route needs, before anything
// of its body is read. The object itself is authorised again by the use case.
func (a *API) guard(needs fleet.Action) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(ctx)
		ctx.SetHeader("Cache-Control", "no-store")
		if needs == public {
			next(ctx)
			return
		}
		c, refused := a.admit(r, needs)
		if refused != nil {
			if refused.Status == http.StatusUnauthorized {
				ctx.SetHeader("WWW-Authenticate", `Bearer realm="sluice"`)
			}
			writeProblem(w, refused)
			return
		}
		next(huma.WithValue(ctx, callerKey{}, c))
	}
}

// admit says who the caller is, or why the request ends here.
func (a *API) admit(r *http.Request, needs fleet.Action) (caller, *problem) {
	token, fromCookie := httpx.Token(r)
	actor, err := a.control.Authenticate(r.Context(), token)
	if err != nil {
		p := a.problem(r.Context(), err)
		if p.Code == fleet.Denied {
			return caller{}, unauthorized(p)
		}
		return caller{}, p
	}
	if fromCookie {
		if a.origins.Check(r) != nil {
			return caller{}, a.problem(r.Context(), fleet.Errorf(fleet.Denied, "a page of another site may not use this session"))
		}
	}
	if err := a.reach(r.Context(), actor, needs); err != nil {
		return caller{}, a.problem(r.Context(), err)
	}
	return caller{actor, token}, nil
}

// reach refuses whoever may do what the route needs in no unit at all.
func (a *API) reach(ctx context.Context, actor control.Actor, needs fleet.Action) (refused error) {
	switch {
	case needs == firstSignIn:
		return nil
	case actor.User.MustChange:
		return fleet.Errorf(fleet.Denied, "%s has to choose a password first; see POST %s/me/password", actor.Name(), Prefix)
	case needs == signedIn:
		return nil
	case len(actor.Grants) == 0:
		return a.control.Authorize(ctx, actor, needs, fleet.Root)
	}
	for _, g := range actor.Grants {
		if refused = a.control.Authorize(ctx, actor, needs, g.Unit.ID); refused == nil {
			return nil
		}
	}
	return refused
}

// unauthorized makes a denial one that signing in may lift.
func unauthorized(p *problem) *problem {
	p.Status, p.Title = http.StatusUnauthorized, http.StatusText(http.StatusUnauthorized)
	return p
}
