package api

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// APIToken is a token with which a program acts for a user, without its
// secret.
type APIToken struct {
	Name      string         `json:"name"`
	Actions   []fleet.Action `json:"actions,omitempty" doc:"What it is limited to; left out: nothing but the user's rights"`
	CreatedAt time.Time      `json:"created_at"`
	ExpiresAt time.Time      `json:"expires_at"`
}

func apiTokenOf(s fleet.Session) APIToken {
	return APIToken{Name: s.Name, Actions: s.Actions, CreatedAt: s.CreatedAt, ExpiresAt: s.ExpiresAt}
}

// NewAPIToken is an API token with the secret that is shown this once.
type NewAPIToken struct {
	Secret string   `json:"secret" doc:"Shown once; send it as Authorization: Bearer SECRET"`
	Token  APIToken `json:"token"`
}

type createAPITokenInput struct {
	Body struct {
		Name        string         `json:"name" minLength:"1" maxLength:"100"`
		Actions     []fleet.Action `json:"actions,omitempty" nullable:"false" minItems:"1" maxItems:"50" doc:"Limit it to these actions; default: all that the user may do"`
		LifeSeconds int64          `json:"life_seconds" minimum:"1" maximum:"31536000" doc:"How long it lasts, up to a year"`
	}
}

func (a *API) createAPIToken(ctx context.Context, in *createAPITokenInput) (*output[NewAPIToken], error) {
	secret, s, err := a.control.CreateAPIToken(ctx, actorOf(ctx), in.Body.Name, in.Body.Actions, time.Duration(in.Body.LifeSeconds)*time.Second)
	return answer(s, err, func(s fleet.Session) NewAPIToken { return NewAPIToken{Secret: secret, Token: apiTokenOf(s)} })
}

// listAPITokens is one page: a user has few.
func (a *API) listAPITokens(ctx context.Context, _ *struct{}) (*output[list[APIToken]], error) {
	tokens, err := a.control.APITokens(ctx, actorOf(ctx))
	return answer(tokens, err, func(tokens []fleet.Session) list[APIToken] { return list[APIToken]{Items: each(tokens, apiTokenOf)} })
}

type revokeAPITokenInput struct {
	Name string `query:"name" required:"true" minLength:"1" maxLength:"100"`
}

func (a *API) revokeAPIToken(ctx context.Context, in *revokeAPITokenInput) (*empty, error) {
	if err := a.control.RevokeAPIToken(ctx, actorOf(ctx), in.Name); err != nil {
		return nil, err
	}
	return noContent, nil
}
