package control

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"testing/fstest"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/sup"
)

// typedPrefix begins the name of every release that a typed script became, and
// of no other.
const typedPrefix = "jetporch-"

// releaseFrom is the release that a package becomes.
func releaseFrom(m sup.Manifest, format fleet.Format) fleet.Release {
	r := fleet.Release{Name: m.Name, Version: m.Version, ReleaseCounter: m.ReleaseCounter, Format: format, Description: m.Description,
		Compatibility: m.Compatibility, TimeoutSeconds: m.TimeoutSeconds, Variables: m.Variables}
	for _, action := range m.Actions {
		r.Actions = append(r.Actions, action.Summary())
	}
	return r
}

// signScript makes a signed package of a typed script and keeps it as a
// release, once.
func (c *Control) signScript(ctx context.Context, a Actor, script string, r fleet.Release) (fleet.Release, error) {
	kept, err := c.keptScript(ctx, r.Name)
	if err == nil || fleet.CodeOf(err) != fleet.NotFound {
		return kept, err
	}
	m := sup.Manifest{Format: sup.Format, Name: r.Name, Version: r.Version, ReleaseCounter: 1,
		Actions: []sup.Action{sup.ApplyPlaybook("playbook.yaml")}}
	signed := releaseFrom(m, fleet.FormatPlaybook)
	signed.Typed, signed.UnitID = true, r.UnitID
	signed, err = c.sign(ctx, a, scriptRefusal, m, fstest.MapFS{"playbook.yaml": {Data: []byte(script)}}, signed, r.Name+".sup")
	if fleet.CodeOf(err) == fleet.Conflict && c.Signer != nil { // somebody gave the same script at the same moment
		return c.keptScript(ctx, r.Name)
	}
	return signed, err
}

func (c *Control) keptScript(ctx context.Context, name string) (fleet.Release, error) {
	kept, err := c.Store.Releases(ctx, ReleaseFilter{Name: name, Typed: true}, Page{Limit: 1})
	if err != nil {
		return fleet.Release{}, err
	}
	if len(kept) == 0 {
		return fleet.Release{}, fleet.Errorf(fleet.NotFound, "there is no release %s", name)
	}
	return kept[0], nil
}

// sign makes a package and keeps it as the release, in one transaction with
// its file. The server signs what operators type and upload as a bundle, with
// the key that it holds. refusal begins the sentence that says why it cannot.
func (c *Control) sign(ctx context.Context, a Actor, refusal string, m sup.Manifest, files fs.FS, r fleet.Release, name string) (fleet.Release, error) {
	if c.Signer == nil {
		return r, fleet.Errorf(fleet.Conflict, "%s: this server holds no signing key; sign a package where the key is and upload that", refusal)
	}
	var built bytes.Buffer
	if err := sup.Build(&built, m, files, c.Signer); err != nil {
		var refused *sup.Error
		if errors.As(err, &refused) {
			return r, fleet.Errorf(fleet.Invalid, "%v", err)
		}
		return r, err
	}
	f, err := c.putContent(ctx, fleet.File{UnitID: r.UnitID, Name: name, CreatedBy: a.Name()}, &built, nil)
	if err != nil {
		return r, err
	}
	r.KeyFingerprint, r.CreatedBy, r.CreatedAt = sup.Fingerprint(c.Signer.PublicKey()), a.Name(), c.Now()
	return r, c.Store.Write(ctx, func(ctx context.Context, tx Tx) (err error) {
		if f.ID, err = c.insertFile(ctx, tx, f); err != nil {
			return err
		}
		r.FileID, r.File = f.ID, f
		if r.ID, err = tx.InsertRelease(ctx, r); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, c.auditIn(r.UnitID, a.Name(), "release.sign", "release "+r.Name+" "+r.Version, "SHA-256 "+f.SHA256))
	})
}
