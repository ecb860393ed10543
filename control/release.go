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

// CreateRelease makes an uploaded package installable. The package is read
// whole: one that the owner's keys did not sign, or that is not what its
// manifest says, is refused here as it would be on the device.
func (c *Control) CreateRelease(ctx context.Context, a Actor, id fleet.FileID, acceptWarnings bool) (fleet.Release, error) {
	f, err := c.Store.File(ctx, id)
	if err != nil {
		return fleet.Release{}, err
	}
	if err := c.Authorize(ctx, a, fleet.ReleaseWrite, f.UnitID); err != nil {
		return fleet.Release{}, err
	}
	if !isPackage(f.Name) || f.DeviceID != 0 {
		return fleet.Release{}, fleet.Errorf(fleet.Invalid, "cannot make a release of %s: it is no software update package (.sup)", f.Name)
	}
	blob, err := c.Blobs.Open(ctx, f.SHA256)
	if err != nil {
		return fleet.Release{}, err
	}
	defer blob.Close()
	m, key, err := c.verify(f.Name, blob)
	if err != nil {
		return fleet.Release{}, err
	}
	r := fleet.Release{UnitID: f.UnitID, Name: m.Name, Version: m.Version, ReleaseCounter: m.ReleaseCounter, Format: fleet.FormatSUP,
		Description: m.Description, FileID: f.ID, File: f, Compatibility: m.Compatibility, TimeoutSeconds: m.TimeoutSeconds,
		KeyFingerprint: key, CreatedBy: a.Name(), CreatedAt: c.Now()}
	for _, action := range m.Actions {
		r.Actions = append(r.Actions, action.Summary())
	}
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
// read, since it may be used there.
func (c *Control) Release(ctx context.Context, a Actor, id fleet.ReleaseID) (fleet.Release, error) {
	r, err := c.Store.Release(ctx, id)
	if err != nil {
		return r, err
	}
	if err := c.Authorize(ctx, a, fleet.ReleaseRead, r.UnitID); err == nil {
		return r, nil
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
	return fleet.Release{}, c.Authorize(ctx, a, fleet.ReleaseRead, r.UnitID)
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
	if r.Format == fleet.FormatPlaybook {
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
