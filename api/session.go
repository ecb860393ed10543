package api

import (
	"context"
	"encoding/base64"
	"time"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/sup"
)

type loginInput struct {
	Body struct {
		Name     string `json:"name" minLength:"1" maxLength:"200"`
		Password string `json:"password" minLength:"1" maxLength:"1024" format:"password"`
	}
}

// Session is what signing in gives.
type Session struct {
	Token     string    `json:"token" doc:"Shown once; send it as Authorization: Bearer TOKEN"`
	ExpiresAt time.Time `json:"expires_at"`
	User      User      `json:"user"`
}

func (a *API) login(ctx context.Context, in *loginInput) (*output[Session], error) {
	token, s, err := a.control.SignIn(ctx, in.Body.Name, in.Body.Password)
	if fleet.CodeOf(err) == fleet.Denied {
		return nil, unauthorized(a.problem(ctx, err))
	}
	if err != nil {
		return nil, err
	}
	actor, err := a.control.Authenticate(ctx, token)
	if err != nil {
		return nil, err
	}
	return &output[Session]{Session{Token: token, ExpiresAt: s.ExpiresAt, User: userWith(actor.User, actor.Grants)}}, nil
}

func (a *API) logout(ctx context.Context, _ *struct{}) (*empty, error) {
	if err := a.control.SignOut(ctx, callerOf(ctx).token); err != nil {
		return nil, err
	}
	return noContent, nil
}

func (a *API) me(ctx context.Context, _ *struct{}) (*output[User], error) {
	actor := actorOf(ctx)
	return &output[User]{userWith(actor.User, actor.Grants)}, nil
}

type changePasswordInput struct {
	Body struct {
		Old string `json:"old" minLength:"1" maxLength:"1024" format:"password"`
		New string `json:"new" minLength:"1" maxLength:"1024" format:"password" doc:"12 characters or more"`
	}
}

func (a *API) changePassword(ctx context.Context, in *changePasswordInput) (*empty, error) {
	if err := a.control.ChangePassword(ctx, actorOf(ctx), in.Body.Old, in.Body.New); err != nil {
		return nil, err
	}
	return noContent, nil
}

// Key is one of the owner's public keys.
type Key struct {
	Fingerprint string `json:"fingerprint" doc:"SHA256: and base64"`
	Key         string `json:"key" doc:"The 32 bytes of the Ed25519 public key in base64"`
}

// Keys are the owner's public keys.
type Keys struct {
	Keys []Key `json:"keys" nullable:"false"`
}

func (a *API) keys(context.Context, *struct{}) (*output[Keys], error) {
	out := &output[Keys]{Keys{Keys: []Key{}}}
	for _, k := range a.control.TrustedKeys() {
		out.Body.Keys = append(out.Body.Keys, Key{Fingerprint: sup.Fingerprint(k), Key: base64.StdEncoding.EncodeToString(k)})
	}
	return out, nil
}
