package client

import (
	"context"
	"time"
)

// Session is what signing in gives.
type Session struct {
	Token     string    `json:"token"`
	ExpiresAt time.Time `json:"expires_at"`
	User      User      `json:"user"`
}

// SignIn opens a session. The client keeps using its own token; make another
// with New for the session's.
func (c *Client) SignIn(ctx context.Context, name, password string) (Session, error) {
	var s Session
	err := c.post(ctx, "/login", map[string]string{"name": name, "password": password}, &s)
	return s, err
}

// SignOut ends the session of the client's token.
func (c *Client) SignOut(ctx context.Context) error { return c.post(ctx, "/logout", nil, nil) }

// Me is whom the client's token belongs to.
func (c *Client) Me(ctx context.Context) (User, error) {
	var u User
	err := c.get(ctx, "/me", nil, &u)
	return u, err
}

// ChangePassword changes one's own password. Every session of a browser ends,
// and this one, where it is one.
func (c *Client) ChangePassword(ctx context.Context, old, new string) error {
	return c.post(ctx, "/me/password", map[string]string{"old": old, "new": new}, nil)
}

// Key is one of the owner's public keys.
type Key struct {
	Fingerprint string `json:"fingerprint"`
	Key         []byte `json:"key"` // 32 bytes, Ed25519
}

// Keys are the keys whose signature a package needs. They came over a channel
// that the caller may not trust: compare the fingerprint.
func (c *Client) Keys(ctx context.Context) ([]Key, error) {
	var out struct {
		Keys []Key `json:"keys"`
	}
	err := c.get(ctx, "/keys", nil, &out)
	return out.Keys, err
}
