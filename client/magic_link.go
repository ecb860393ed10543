package client

import (
	"context"
	"iter"
	"time"
)

// MagicLink is a hash for one release and the devices declared for it,
// without the hash.
type MagicLink struct {
	ID        int64      `json:"id"`
	UnitID    int64      `json:"unit_id"`
	Release   ReleaseRef `json:"release"`
	Note      string     `json:"note,omitempty"`
	Declared  int        `json:"declared"`          // devices
	Devices   []string   `json:"devices,omitempty"` // their keys, where one is read
	CreatedBy string     `json:"created_by"`
	CreatedAt time.Time  `json:"created_at"`
	RevokedAt time.Time  `json:"revoked_at,omitzero"` // zero while it is good
}

// CreateMagicLink makes a Magic Link for a release and up to 10,000 devices.
// The hash is told this once.
func (c *Client) CreateMagicLink(ctx context.Context, release int64, keys []string, note string) (hash string, m MagicLink, err error) {
	var out struct {
		Hash      string    `json:"hash"`
		MagicLink MagicLink `json:"magic_link"`
	}
	err = c.post(ctx, "/magic-links", map[string]any{"release_id": release, "devices": keys, "note": note}, &out)
	return out.Hash, out.MagicLink, err
}

// MagicLinks lists Magic Links, newest first.
func (c *Client) MagicLinks(ctx context.Context) iter.Seq2[MagicLink, error] {
	return all[MagicLink](ctx, c, "/magic-links", nil)
}

// MagicLink reads one Magic Link with its declared devices.
func (c *Client) MagicLink(ctx context.Context, id int64) (MagicLink, error) {
	var m MagicLink
	err := c.get(ctx, path("magic-links", id, ""), nil, &m)
	return m, err
}

// RevokeMagicLink makes a Magic Link good for nothing. Twice is a Conflict.
func (c *Client) RevokeMagicLink(ctx context.Context, id int64) (MagicLink, error) {
	var m MagicLink
	err := c.post(ctx, path("magic-links", id, "/revoke"), nil, &m)
	return m, err
}
