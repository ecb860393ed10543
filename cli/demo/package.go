package demo

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/examples"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/sup"
)

// release builds the example, signs it, uploads it and makes it a release.
func (d *demo) release(ctx context.Context, example string) (fleet.Release, error) {
	text, err := fs.ReadFile(examples.Files, example+"/"+sup.SourceName)
	if err != nil {
		return fleet.Release{}, err
	}
	manifest, err := sup.ParseSource(text)
	if err != nil {
		return fleet.Release{}, err
	}
	files, err := fs.Sub(examples.Files, example+"/"+sup.FilesName)
	if err != nil {
		return fleet.Release{}, err
	}
	var built bytes.Buffer
	if err := sup.Build(&built, manifest, files, d.server.Signer); err != nil {
		return fleet.Release{}, err
	}
	file, err := d.server.Control.Upload(ctx, d.actor, example+".sup", &built)
	if err != nil {
		return fleet.Release{}, err
	}
	release, err := d.server.Control.CreateRelease(ctx, d.actor, file.ID, false)
	if err == nil {
		d.say("release   %s %s, %d bytes, signed by %s", release.Name, release.Version, file.Size, release.KeyFingerprint)
	}
	return release, err
}

// give gives the release to the devices.
func (d *demo) give(ctx context.Context, r fleet.Release, keys []string) (fleet.Update, error) {
	u, err := d.server.Control.CreateUpdate(ctx, d.actor, control.NewUpdate{
		Type: fleet.SUP, ReleaseID: r.ID, Audience: fleet.Audience{Devices: keys}})
	if err != nil {
		return u, fmt.Errorf("cannot give %s: %w", r.Name, err)
	}
	d.say("update    %s: %s to %d devices", u.ID, u.Title, len(keys))
	return u, nil
}
