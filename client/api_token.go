package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// APIToken is a token with which a program acts for a user, without its
// secret.
type APIToken struct {
	Name      string    `json:"name"`
	Actions   []string  `json:"actions,omitempty"` // what it is limited to; nil: nothing but the user's rights
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// NewAPIToken asks for an API token.
type NewAPIToken struct {
	Name        string   `json:"name"`
	Actions     []string `json:"actions,omitempty"` // device.read …; nil for all that the user may do
	LifeSeconds int64    `json:"life_seconds"`      // up to a year
}

// CreateAPIToken makes a token that acts for whoever is signed in. The secret
// is told this once.
func (c *Client) CreateAPIToken(ctx context.Context, n NewAPIToken) (secret string, t APIToken, err error) {
	var out struct {
		Secret string   `json:"secret"`
		Token  APIToken `json:"token"`
	}
	err = c.post(ctx, "/me/tokens", n, &out)
	return out.Secret, out.Token, err
}

// APITokens lists one's API tokens.
func (c *Client) APITokens(ctx context.Context) iter.Seq2[APIToken, error] {
	return func(yield func(APIToken, error) bool) {
		var p page[APIToken]
		if err := c.get(ctx, "/me/tokens", nil, &p); err != nil {
			yield(APIToken{}, err)
			return
		}
		for _, t := range p.Items {
			if !yield(t, nil) {
				return
			}
		}
	}
}

// RevokeAPIToken ends one's API token of the name.
func (c *Client) RevokeAPIToken(ctx context.Context, name string) error {
	return c.do(ctx, request{method: http.MethodDelete, path: "/me/tokens", query: url.Values{"name": {name}}}, nil)
}
