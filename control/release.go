package control

import (
	"context"
	"crypto/ed25519"
	"errors"
	"io"
	"strings"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/sup"
)

// CreateRelease makes an uploaded package (.sup) or bundle (.zip) installable.
// A package is read whole: one that the owner's keys did not sign, or that is
// not what its manifest says, is refused here as it would be on the device. A
// bundle is signed here. Playbooks are checked: an error refuses them, and a
// warning is fleet.Unconfirmed until the warnings are accepted; see Findings.
func (c *Control) CreateRelease(ctx context.Context, a Actor, id fleet.FileID, acceptWarnings bool) (fleet.Release, error) {
	f, err := c.Store.File(ctx, id)
	if err != nil {
		return fleet.Release{}, err
	}
	if err := c.Authorize(ctx, a, fleet.ReleaseWrite, f.UnitID); err != nil {
		return fleet.Release{}, err
	}
	if !isPackage(f.Name) && !isBundle(f.Name) || f.DeviceID != 0 {
		return fleet.Release{}, fleet.Errorf(fleet.Invalid, "cannot make a release of %s: it is neither a software update package (.sup) nor a bundle (.zip)", f.Name)
	}
	blob, err := c.Blobs.Open(ctx, f.SHA256)
	if err != nil {
		return fleet.Release{}, err
	}
	defer blob.Close()
	if isBundle(f.Name) {
		return c.bundleRelease(ctx, a, f, blob, acceptWarnings)
	}
	m, key, err := c.verify(f.Name, blob)
	if err != nil {
		return fleet.Release{}, err
	}
	r := releaseFrom(*m, fleet.FormatSUP)
	if m.Checkable() == nil {
		r.Format = fleet.FormatPlaybook
		if err := c.checkPlaybooks(f.Name, m, blob, acceptWarnings); err != nil {
			return fleet.Release{}, err
		}
	}
	r.UnitID, r.FileID, r.File = f.UnitID, f.ID, f
	r.KeyFingerprint, r.CreatedBy, r.CreatedAt = key, a.Name(), c.Now()
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) (err error) {
		if r.ID, err = tx.InsertRelease(ctx, r); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, c.auditIn(r.UnitID, a.Name(), "release.create", "release "+r.Name+" "+r.Version, "signed by "+key))
	})
	return r, err
}

func isPackage(name string) bool { return strings.HasSuffix(name, ".sup") }

// verify reads the package and names the key that signed it.
func (c *Control) verify(name string, content io.ReadSeeker) (*sup.Manifest, string, error) {
	m, err := sup.Verify(content, c.Trust)
	if err != nil {
		var broken *sup.Error
		if errors.As(err, &broken) {
			return nil, "", fleet.Errorf(fleet.Invalid, "%v", err)
		}
		return nil, "", err
	}
	for _, key := range c.Trust.Keys {
		if _, err := content.Seek(0, io.SeekStart); err != nil {
			return nil, "", err
		}
		if _, err := sup.ReadManifest(content, sup.Trust{Keys: []ed25519.PublicKey{key}, Threshold: 1}); err == nil {
			return m, sup.Fingerprint(key), nil
		}
	}
	return nil, "", fleet.Errorf(fleet.Internal, "no key signed %s, which was verified", name)
}

// Releases lists the releases of the actor's units, and of those above them,
// newest first.
func (c *Control) Releases(ctx context.Context, a Actor, f ReleaseFilter, p Page) (_ []fleet.Release, err error) {
	if p.Within, err = c.within(a, fleet.ReleaseRead); err != nil {
		return nil, err
	}
	return c.Store.Releases(ctx, f, p)
}

// Release reads one release. One that hangs above the actor's units may be
// read, since it may be used there; but not a script that was typed there.
func (c *Control) Release(ctx context.Context, a Actor, id fleet.ReleaseID) (fleet.Release, error) {
	r, err := c.Store.Release(ctx, id)
	if err != nil {
		return r, err
	}
	refused := c.Authorize(ctx, a, fleet.ReleaseRead, r.UnitID)
	if refused == nil {
		return r, nil
	}
	if r.Typed {
		return fleet.Release{}, refused
	}
	at, err := c.unit(ctx, c.Store, r.UnitID)
	if err != nil {
		return fleet.Release{}, err
	}
	for _, g := range a.Grants {
		if at.Covers(g.Unit) && a.decide(fleet.ReleaseRead, g.Unit).Allowed {
			return r, nil
		}
	}
	return fleet.Release{}, refused
}

// SetPredefined puts a release into the catalogue of pre-defined updates, or
// takes it out.
func (c *Control) SetPredefined(ctx context.Context, a Actor, id fleet.ReleaseID, predefined bool) (fleet.Release, error) {
	r, err := c.Store.Release(ctx, id)
	if err != nil {
		return r, err
	}
	if err := c.Authorize(ctx, a, fleet.ReleaseWrite, r.UnitID); err != nil {
		return fleet.Release{}, err
	}
	if r.Typed {
		return fleet.Release{}, fleet.Errorf(fleet.Invalid, "a JetPorch script that was typed is no pre-defined update")
	}
	r.Predefined = predefined
	action := "release.predefine"
	if !predefined {
		action = "release.withdraw"
	}
	return r, c.change(ctx, c.auditIn(r.UnitID, a.Name(), action, "release "+r.Name+" "+r.Version, ""), func(ctx context.Context, tx Tx) error {
		return tx.SetPredefined(ctx, id, predefined)
	})
}
