package control

import (
	"context"
	"io"
	"strings"

	"github.com/sluicehq/sluice/bundle"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/sup"
)

func isBundle(name string) bool { return strings.HasSuffix(name, ".zip") }

// bundleRelease checks a bundle, signs it as a package of one playbook, and
// keeps that as a release.
func (c *Control) bundleRelease(ctx context.Context, a Actor, f fleet.File, content io.Reader, acceptWarnings bool) (fleet.Release, error) {
	c.bundling.Lock()
	defer c.bundling.Unlock()
	refusal := "cannot make a release of " + f.Name
	if f.Size > bundle.MaxBytes {
		return fleet.Release{}, fleet.Errorf(fleet.Invalid, "%s: it has %d bytes, a bundle has at most %d", refusal, f.Size, bundle.MaxBytes)
	}
	text, err := io.ReadAll(io.LimitReader(content, bundle.MaxBytes+1))
	if err != nil {
		return fleet.Release{}, err
	}
	b, err := bundle.Read(text)
	if err != nil {
		return fleet.Release{}, fleet.Errorf(fleet.Invalid, "%s: %v", refusal, err)
	}
	found, err := bundle.Lint(b.Files, b.Playbook, b.Manifest.Variables)
	if err != nil {
		return fleet.Release{}, fleet.Errorf(fleet.Invalid, "%s: %v", refusal, err)
	}
	if err := ownName(refusal, b.Manifest.Name); err != nil {
		return fleet.Release{}, err
	}
	if err := judge(refusal, found, acceptWarnings); err != nil {
		return fleet.Release{}, err
	}
	if b.Manifest.ReleaseCounter == 0 {
		if b.Manifest.ReleaseCounter, err = c.nextCounter(ctx, b.Manifest.Name); err != nil {
			return fleet.Release{}, err
		}
	}
	r := releaseFrom(b.Manifest, fleet.FormatPlaybook)
	r.UnitID = f.UnitID
	return c.sign(ctx, a, refusal, b.Manifest, b.Files, r, r.Name+"-"+r.Version+".sup")
}

// checkPlaybooks judges the playbooks of a package that has no other actions.
func (c *Control) checkPlaybooks(name string, m *sup.Manifest, content io.ReadSeeker, acceptWarnings bool) error {
	refusal := "cannot make a release of " + name
	if err := ownName(refusal, m.Name); err != nil {
		return err
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return err
	}
	c.bundling.Lock()
	defer c.bundling.Unlock()
	found, err := bundle.LintPackage(m, content)
	if err != nil {
		return fleet.Errorf(fleet.Invalid, "%s: %v", refusal, err)
	}
	return judge(refusal, found, acceptWarnings)
}

// ownName refuses a name that a typed script would be looked up by.
func ownName(refusal, name string) error {
	if strings.HasPrefix(name, typedPrefix) {
		return fleet.Errorf(fleet.Invalid, "%s: names that begin with %s are for typed scripts; choose another", refusal, typedPrefix)
	}
	return nil
}

// nextCounter is one more than the highest release counter of the name.
func (c *Control) nextCounter(ctx context.Context, name string) (uint64, error) {
	var highest uint64
	page := Page{Limit: maxListed}
	for {
		list, err := c.Store.Releases(ctx, ReleaseFilter{Name: name}, page)
		if err != nil {
			return 0, err
		}
		for _, r := range list {
			highest = max(highest, r.ReleaseCounter)
		}
		if len(list) < page.Limit {
			return highest + 1, nil
		}
		page.After = int64(list[len(list)-1].ID)
	}
}
