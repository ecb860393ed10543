package api

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// Token is an enrolment token without its secret.
type Token struct {
	ID        fleet.TokenID   `json:"id"`
	Kind      fleet.TokenKind `json:"kind"`
	UnitID    fleet.UnitID    `json:"unit_id"`
	DeviceKey string          `json:"device_key,omitempty"`
	Note      string          `json:"note,omitempty"`
	CreatedBy string          `json:"created_by"`
	CreatedAt time.Time       `json:"created_at"`
	ExpiresAt time.Time       `json:"expires_at,omitzero"`
	UsedAt    time.Time       `json:"used_at,omitzero"`
}

func tokenOf(t fleet.EnrolmentToken) Token {
	return Token{ID: t.ID, Kind: t.Kind, UnitID: t.UnitID, DeviceKey: t.DeviceKey, Note: t.Note,
		CreatedBy: t.CreatedBy, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt, UsedAt: t.UsedAt}
}

// NewToken is a token with the secret that is shown this once.
type NewToken struct {
	Secret string `json:"secret" doc:"Shown once"`
	Token  Token  `json:"token"`
}

type createTokenInput struct {
	Body struct {
		Kind        fleet.TokenKind `json:"kind" enum:"one_time,application"`
		UnitID      fleet.UnitID    `json:"unit_id,omitempty" minimum:"1" doc:"Where devices that come with it are put; default: the unit of one's first role"`
		DeviceKey   string          `json:"device_key,omitempty" maxLength:"200" doc:"One-time only: the one device that may use it"`
		Note        string          `json:"note,omitempty" maxLength:"200"`
		LifeSeconds int64           `json:"life_seconds,omitempty" minimum:"0" maximum:"315360000" doc:"0 is a day for a one-time token, and for ever for an application's"`
	}
}

func (a *API) createToken(ctx context.Context, in *createTokenInput) (*output[NewToken], error) {
	secret, t, err := a.control.CreateToken(ctx, actorOf(ctx), control.NewToken{Kind: in.Body.Kind, UnitID: in.Body.UnitID, DeviceKey: in.Body.DeviceKey,
		Note: in.Body.Note, Life: time.Duration(in.Body.LifeSeconds) * time.Second})
	return answer(t, err, func(t fleet.EnrolmentToken) NewToken { return NewToken{Secret: secret, Token: tokenOf(t)} })
}

func (a *API) listTokens(ctx context.Context, in *Page) (*output[list[Token]], error) {
	tokens, err := a.control.Tokens(ctx, actorOf(ctx), in.control())
	return answerList(tokens, err, *in, tokenOf, func(t fleet.EnrolmentToken) int64 { return int64(t.ID) })
}
