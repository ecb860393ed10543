package control

import (
	"context"
	"slices"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// Bounds of API tokens.
const (
	maxTokenLife = 365 * 24 * time.Hour
	maxAPITokens = 50 // of one user
)

// CreateAPIToken makes a token with which a program acts for the actor: with
// the actor's rights at the time of each request, limited to some actions
// where any are named. The secret is returned once.
func (c *Control) CreateAPIToken(ctx context.Context, a Actor, name string, only []fleet.Action, life time.Duration) (string, fleet.Session, error) {
	var s fleet.Session
	if a.User.MustChange || a.Only != nil {
		return "", s, fleet.Errorf(fleet.Denied, "a token is made by a person who is signed in with a password of their own")
	}
	if name == "" || len(name) > 100 || clip(name, 100) != name {
		return "", s, fleet.Errorf(fleet.Invalid, "a token has a name of 1 to 100 printable characters")
	}
	if life <= 0 || life > maxTokenLife {
		return "", s, fleet.Errorf(fleet.Invalid, "a token lasts up to %d days", int(maxTokenLife.Hours()/24))
	}
	for _, action := range only {
		if _, ok := fleet.RightOf(action); !ok {
			return "", s, fleet.Errorf(fleet.Invalid, "there is no action %q", action)
		}
	}
	held, err := c.Store.APITokens(ctx, a.User.ID)
	if err != nil {
		return "", s, err
	}
	if len(held) >= maxAPITokens || slices.ContainsFunc(held, func(h fleet.Session) bool { return h.Name == name }) {
		return "", s, fleet.Errorf(fleet.Conflict, "there is a token %q already, or %d others", name, maxAPITokens)
	}
	text := secret(43, base62)
	s = fleet.Session{Hash: tokenHash(text), UserID: a.User.ID, Name: name, Actions: only, CreatedAt: c.Now(), ExpiresAt: c.Now().Add(life)}
	return text, s, c.change(ctx, c.audit(a.Name(), "api_token.create", "token "+name, ""), func(ctx context.Context, tx Tx) error {
		return tx.InsertSession(ctx, s)
	})
}

// APITokens lists the actor's tokens without their secrets.
func (c *Control) APITokens(ctx context.Context, a Actor) ([]fleet.Session, error) {
	if a.User.ID == 0 {
		return nil, fleet.Errorf(fleet.Denied, "nobody is signed in")
	}
	return c.Store.APITokens(ctx, a.User.ID)
}

// RevokeAPIToken ends one of the actor's tokens by its name.
func (c *Control) RevokeAPIToken(ctx context.Context, a Actor, name string) error {
	held, err := c.APITokens(ctx, a)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(held, func(s fleet.Session) bool { return s.Name == name })
	if i < 0 {
		return fleet.Errorf(fleet.NotFound, "there is no token %q", clip(name, 100))
	}
	return c.change(ctx, c.audit(a.Name(), "api_token.revoke", "token "+name, ""), func(ctx context.Context, tx Tx) error {
		return tx.DeleteSession(ctx, held[i].Hash)
	})
}
