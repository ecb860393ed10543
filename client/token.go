package client

import (
	"context"
	"iter"
	"time"
)

// Token is an enrolment token without its secret.
type Token struct {
	ID        int64     `json:"id"`
	Kind      string    `json:"kind"` // one_time, application
	UnitID    int64     `json:"unit_id"`
	DeviceKey string    `json:"device_key,omitempty"`
	Note      string    `json:"note,omitempty"`
	CreatedBy string    `json:"created_by"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	UsedAt    time.Time `json:"used_at,omitzero"`
}

// NewToken asks for an enrolment token.
type NewToken struct {
	Kind        string `json:"kind"`                 // one_time, application
	UnitID      int64  `json:"unit_id,omitempty"`    // where the devices are put; 0: the unit of one's first role
	DeviceKey   string `json:"device_key,omitempty"` // one_time only: the one device that may use it
	Note        string `json:"note,omitempty"`
	LifeSeconds int64  `json:"life_seconds,omitempty"` // 0: a day, or for ever for an application's
}

// CreateToken makes an enrolment token. The secret is told this once.
func (c *Client) CreateToken(ctx context.Context, n NewToken) (secret string, t Token, err error) {
	var out struct {
		Secret string `json:"secret"`
		Token  Token  `json:"token"`
	}
	err = c.post(ctx, "/tokens", n, &out)
	return out.Secret, out.Token, err
}

// Tokens lists enrolment tokens, newest first.
func (c *Client) Tokens(ctx context.Context) iter.Seq2[Token, error] {
	return all[Token](ctx, c, "/tokens", nil)
}
