package demo

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"strconv"

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

// campaign is an example, what is done with its release before it is given,
// and to which devices and how it is given.
type campaign struct {
	example  string
	released func(context.Context, fleet.Release) error // nil for nothing
	keys     []string
	command  control.NewUpdate
}

// campaign runs one to its end.
func (d *demo) campaign(ctx context.Context, c campaign) (map[fleet.State]int, error) {
	d.say("")
	release, err := d.release(ctx, c.example)
	if err != nil {
		return nil, err
	}
	if c.released != nil {
		if err := c.released(ctx, release); err != nil {
			return nil, err
		}
	}
	c.command.ReleaseID, c.command.Audience = release.ID, fleet.Audience{Devices: c.keys}
	u, err := d.server.Control.CreateUpdate(ctx, d.actor, c.command)
	if err != nil {
		return nil, fmt.Errorf("cannot give %s: %w", release.Name, err)
	}
	word := "update"
	if u.Check {
		word = "check"
	}
	to := strconv.Itoa(len(c.keys)) + " devices"
	if len(c.keys) == 1 {
		to = c.keys[0]
	}
	d.say("%-9s %s: %s to %s", word, u.ID, u.Title, to)
	ended, err := d.follow(ctx, u)
	if err != nil {
		return nil, err
	}
	return d.result(ended), nil
}
