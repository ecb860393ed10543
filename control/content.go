package control

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"unicode/utf8"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/variable"
)

// content is what a command sends.
type content struct {
	release fleet.Release // without an id for a script that is not signed yet
	link    fleet.MagicLink
	title   string
	text    string       // Update.Content
	applies fleet.Update // the check whose content this is, on the devices where it succeeded; none without an id
}

// content resolves what was chosen, by the type of the command.
func (c *Control) content(ctx context.Context, a Actor, n NewUpdate) (what content, err error) {
	if err := c.checkGiven(n); err != nil {
		return what, err
	}
	if _, err := c.within(a, fleet.UpdateWrite); err != nil {
		return what, err
	}
	if what, err = c.chosen(ctx, a, n); err != nil {
		return what, err
	}
	if n.Check && what.release.Format != fleet.FormatPlaybook {
		return what, fleet.Errorf(fleet.Invalid, "cannot check %s %s first: only a JetPorch script or bundle can say what it would change; give it without the check",
			what.release.Name, what.release.Version)
	}
	if _, err := variable.Check(what.release.Variables, n.Variables); err != nil {
		return what, fleet.Errorf(fleet.Invalid, "cannot give the update: %v", err)
	}
	return what, nil
}

// chosen finds what the command sends.
func (c *Control) chosen(ctx context.Context, a Actor, n NewUpdate) (what content, err error) {
	switch n.Type {
	case fleet.SUP, fleet.Predefined:
		what.release, err = c.Release(ctx, a, n.ReleaseID)
		if err == nil && n.Type == fleet.Predefined && !what.release.Predefined {
			err = fleet.Errorf(fleet.Invalid, "%s %s is no pre-defined update", what.release.Name, what.release.Version)
		}
		what.title = what.release.Name + " " + what.release.Version
	case fleet.MagicLinkUpdate:
		what.link, err = c.magicLink(ctx, a, n.MagicLink)
		what.release, what.title = what.link.Release, "Magic Link "+clip(n.MagicLink, 8)+"…"
		what.text = clip(n.MagicLink, 8) + "…"
	case fleet.JetPorch:
		return c.playbook(ctx, a, n)
	default:
		err = fleet.Errorf(fleet.Invalid, "cannot give an update of type %q: it is predefined, magic_link, jetporch or sup", n.Type)
	}
	return what, err
}

// playbook is what a command of type jetporch sends: the script that was
// typed, or a release.
func (c *Control) playbook(ctx context.Context, a Actor, n NewUpdate) (what content, err error) {
	switch {
	case n.Script != "" && n.ReleaseID != 0:
		err = fleet.Errorf(fleet.Invalid, "cannot give the update: it has a script and a release; give one of them")
	case n.ReleaseID != 0:
		what.release, err = c.Release(ctx, a, n.ReleaseID)
		if err == nil && what.release.Format != fleet.FormatPlaybook {
			err = fleet.Errorf(fleet.Invalid, "%s %s is no JetPorch bundle", what.release.Name, what.release.Version)
		}
		what.title = what.release.Name + " " + what.release.Version
	default:
		what.release, err = c.typed(ctx, a, n)
		what.title, what.text = "JetPorch script", n.Script
	}
	return what, err
}

// typed checks a script that was typed, and is the release that it becomes.
func (c *Control) typed(ctx context.Context, a Actor, n NewUpdate) (fleet.Release, error) {
	script := n.Script
	if len(script) == 0 || len(script) > fleet.MaxScript || !utf8.ValidString(script) || bytes.IndexByte([]byte(script), 0) >= 0 {
		return fleet.Release{}, fleet.Errorf(fleet.Invalid, "a JetPorch script is YAML text of 1 to %d bytes", fleet.MaxScript)
	}
	if err := checkScript(script, n.AcceptWarnings); err != nil {
		return fleet.Release{}, err
	}
	used, err := c.unitsOf(ctx, c.Store, a, n.Audience)
	if err != nil {
		return fleet.Release{}, err
	}
	in, err := c.homeAbove(ctx, c.Store, a, fleet.UpdateWrite, used)
	return scriptRelease(in, script), err
}

// scriptRelease is the release that a script becomes in a unit: named by its
// content, so that the same script is signed and kept there once.
func scriptRelease(in fleet.UnitID, script string) fleet.Release {
	sum := sha256.Sum256([]byte(in.String() + "\n" + script))
	return fleet.Release{UnitID: in, Name: typedPrefix + hex.EncodeToString(sum[:12]), Version: "1", Format: fleet.FormatPlaybook, Typed: true}
}
