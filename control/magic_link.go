package control

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// magicLinkLength is in hexadecimal digits: 160 random bits.
const magicLinkLength = 40

// CreateMagicLink makes a hash that names the release and the devices that
// are declared for it. The hash is returned once.
func (c *Control) CreateMagicLink(ctx context.Context, a Actor, release fleet.ReleaseID, keys []string, note string) (string, fleet.MagicLink, error) {
	var m fleet.MagicLink
	r, err := c.Store.Release(ctx, release)
	if err != nil {
		return "", m, err
	}
	if err := c.Authorize(ctx, a, fleet.MagicLinkWrite, r.UnitID); err != nil {
		return "", m, err
	}
	if r.Typed {
		return "", m, fleet.Errorf(fleet.Invalid, "a JetPorch script that was typed has no Magic Link; make a bundle of it")
	}
	if len(keys) == 0 || len(keys) > fleet.MaxDeclared {
		return "", m, fleet.Errorf(fleet.Invalid, "a Magic Link declares 1 to %d devices", fleet.MaxDeclared)
	}
	devices, err := c.named(ctx, c.Store, keys)
	if err != nil {
		return "", m, err
	}
	if err := c.authorizeAll(ctx, c.Store, a, fleet.MagicLinkWrite, devices); err != nil {
		return "", m, err
	}
	ids := make([]fleet.DeviceID, len(devices))
	for i, d := range devices {
		ids[i] = d.ID
	}
	hash := secret(magicLinkLength, "0123456789abcdef")
	m = fleet.MagicLink{UnitID: r.UnitID, ReleaseID: r.ID, Release: r, Note: clip(note, 200), Devices: len(ids), CreatedBy: a.Name(), CreatedAt: c.Now()}
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) (err error) {
		if m.ID, err = tx.InsertMagicLink(ctx, tokenHash(hash), m, ids); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, c.auditIn(m.UnitID, a.Name(), "magic_link.create", "magic link "+m.ID.String(), r.Name+" "+r.Version))
	})
	return hash, m, err
}

// MagicLinks lists Magic Links without their hashes, newest first.
func (c *Control) MagicLinks(ctx context.Context, a Actor, p Page) (_ []fleet.MagicLink, err error) {
	if p.Within, err = c.within(a, fleet.MagicLinkRead); err != nil {
		return nil, err
	}
	return c.Store.MagicLinks(ctx, p)
}

// MagicLinkByID reads one Magic Link and the keys that are declared in it.
func (c *Control) MagicLinkByID(ctx context.Context, a Actor, id fleet.MagicLinkID) (fleet.MagicLink, []string, error) {
	m, err := c.Store.MagicLinkByID(ctx, id)
	if err != nil {
		return m, nil, err
	}
	if err := c.Authorize(ctx, a, fleet.MagicLinkRead, m.UnitID); err != nil {
		return fleet.MagicLink{}, nil, err
	}
	keys, err := c.Store.DeclaredKeys(ctx, id)
	return m, keys, err
}

// RevokeMagicLink makes a Magic Link good for nothing; what was given with it
// goes on.
func (c *Control) RevokeMagicLink(ctx context.Context, a Actor, id fleet.MagicLinkID) error {
	m, err := c.Store.MagicLinkByID(ctx, id)
	if err != nil {
		return err
	}
	if err := c.Authorize(ctx, a, fleet.MagicLinkWrite, m.UnitID); err != nil {
		return err
	}
	return c.change(ctx, c.auditIn(m.UnitID, a.Name(), "magic_link.revoke", "magic link "+id.String(), ""), func(ctx context.Context, tx Tx) error {
		return tx.RevokeMagicLink(ctx, id, c.Now())
	})
}

// magicLink resolves what an operator typed. A hash that is unknown, revoked
// or of another part of the tree answers the same.
func (c *Control) magicLink(ctx context.Context, a Actor, hash string) (fleet.MagicLink, error) {
	unknown := fleet.Errorf(fleet.NotFound, "the Magic Link is unknown or was revoked")
	m, err := c.Store.MagicLink(ctx, tokenHash(hash))
	if fleet.CodeOf(err) == fleet.NotFound || err == nil && !m.RevokedAt.IsZero() {
		return m, unknown
	}
	if err != nil {
		return m, err
	}
	if _, err := c.Release(ctx, a, m.ReleaseID); fleet.CodeOf(err) == fleet.Denied {
		return m, unknown
	}
	return m, nil
}
