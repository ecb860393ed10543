package view

import (
	"slices"
	"strings"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// Target is the device or the group that a command goes to.
type Target struct {
	Name  string
	Noun  string // "gateway" or "group"
	URL   string // of its overview
	Place string // of its entry in the navigation
	Due   string // when it is expected to be sent
}

// DeviceTarget is a device as the target of a command.
func DeviceTarget(d fleet.Device, now time.Time) Target {
	t := Target{Name: deviceName(d), Noun: kindWord(d.Kind), URL: "/devices/" + d.ID.String(), Place: "/devices"}
	if d.LastSeenAt.IsZero() {
		t.Due = "it never spoke yet"
		return t
	}
	next := d.LastSeenAt.Add(d.PollEvery)
	if t.Due = "expected " + next.UTC().Format("15:04") + " UTC"; next.Before(now) {
		t.Due = "which was due " + Ago(now, next)
	}
	return t
}

// GroupTarget is a group as the target of a command.
func GroupTarget(g fleet.Group) Target {
	return Target{Name: g.Name, Noun: "group", URL: "/groups/" + g.ID.String(), Place: "/groups"}
}

// Way is the way to the target's pages.
func (t Target) Way() []Crumb {
	place := "Devices"
	if t.Place == "/groups" {
		place = "Groups"
	}
	return []Crumb{{Word: place, URL: t.Place}, {Word: t.Name, URL: t.URL}}
}

// when says when the command goes out.
func (t Target) when() string {
	if t.Noun == "group" {
		return "It is sent to each gateway when its next telemetry message is received."
	}
	return "It is sent when the next telemetry message is received, " + t.Due + "."
}

// Option is one of the things that can be sent.
type Option struct {
	Type    fleet.UpdateType
	Explain string
	Refusal string // why it cannot be chosen now; "" where it can
}

// Options are the three that the sources name.
func Options() []Option {
	return []Option{
		{Type: fleet.Predefined, Explain: "a release of the catalogue, checked against model and version"},
		{Type: fleet.MagicLinkUpdate, Explain: "to apply a specific software or configuration, by its hash"},
		{Type: fleet.JetPorch, Explain: "to apply a specific software or configuration, by a script"},
	}
}

// FirstOption is what is chosen before the reader chooses: the first that can
// be sent.
func FirstOption(list []Option, catalogue []CatalogueEntry) fleet.UpdateType {
	fits := slices.ContainsFunc(catalogue, func(e CatalogueEntry) bool { return e.Refusal == "" })
	for _, o := range list {
		if o.Refusal == "" && (o.Type != fleet.Predefined || fits) {
			return o.Type
		}
	}
	return ""
}

// CatalogueEntry is a pre-defined update.
type CatalogueEntry struct {
	Release fleet.Release
	Refusal string // why this device cannot get it; "" where it can
}

// SoftwareChoice is what was chosen and typed.
type SoftwareChoice struct {
	Type      fleet.UpdateType
	Release   fleet.ReleaseID
	MagicLink string
	Script    string
	Bundle    fleet.ReleaseID   // of type jetporch; 0 for the script that is typed
	Variables map[string]string // given for those that the bundle declares
	Check     bool              // to see what would change, and change nothing
}

// Missing says what has still to be chosen or typed; "" for nothing.
func (c SoftwareChoice) Missing() string {
	switch {
	case c.Type == "":
		return "Choose what to send."
	case c.Type == fleet.Predefined && c.Release == 0:
		return "Choose a release of the catalogue."
	case c.Type == fleet.MagicLinkUpdate && c.MagicLink == "":
		return "Enter the Magic Link value."
	case c.Type == fleet.JetPorch && c.Bundle == 0 && strings.TrimSpace(c.Script) == "":
		return "Enter the JetPorch script, or choose a file."
	}
	return ""
}

// lines counts the lines of the script.
func (c SoftwareChoice) lines() int { return strings.Count(c.Script, "\n") + 1 }

// typed tells whether a script is sent that was typed.
func (c SoftwareChoice) typed() bool { return c.Type == fleet.JetPorch && c.Bundle == 0 }

// fields carry what was chosen through a question.
func (c SoftwareChoice) fields() []Field {
	list := []Field{{"type", string(c.Type)}, {"release", c.Release.String()}, {"magic_link", c.MagicLink}, {"script", c.Script}}
	if c.Bundle != 0 {
		list = append(list, Field{"bundle", c.Bundle.String()})
	}
	for _, v := range given(c.Variables) {
		list = append(list, Field{VariableField(c.Bundle, v.Name), v.Value})
	}
	return list
}

// Upper begins with a capital letter, unless with the name of a file.
func Upper(s string) string {
	if first, _, _ := strings.Cut(s, " "); first == "" || strings.ContainsAny(strings.TrimRight(first, ".:"), "./_") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
