package view

import (
	"slices"
	"strings"
	"time"

	"github.com/sluicehq/sluice/control"
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
	case c.Type == fleet.JetPorch && strings.TrimSpace(c.Script) == "":
		return "Enter the JetPorch script, or choose a file."
	}
	return ""
}

// lines counts the lines of the script.
func (c SoftwareChoice) lines() int { return strings.Count(c.Script, "\n") + 1 }

// ConfirmPage is the question before a command is given.
type ConfirmPage struct {
	Frame    Frame
	Target   Target
	Choice   SoftwareChoice
	Title    string
	Explain  string
	Do       string
	Findings Findings
	Once     string // makes a second press of the button give nothing more
	Planned  []control.Planned
	To       int    // devices that would get it
	Refused  string // why none would, where To is 0
}

// NewConfirmPage says what would go to which devices.
func NewConfirmPage(t Target, c SoftwareChoice, what string, planned []control.Planned) ConfirmPage {
	slices.SortStableFunc(planned, func(a, b control.Planned) int { return refusedFirst(a) - refusedFirst(b) })
	p := ConfirmPage{Target: t, Choice: c, Planned: planned, Title: "Send " + what + " to " + t.Name + "?"}
	var to, not []string
	for _, one := range planned {
		if one.State == fleet.Refused {
			not = append(not, deviceName(one.Device)+": "+one.Reason)
		} else {
			to = append(to, deviceName(one.Device))
		}
	}
	p.To = len(to)
	if p.To == 0 {
		p.Refused = "Nothing can be sent. " + someOf(not, "; ") + "."
		return p
	}
	p.Do = "SEND to " + Count(p.To, "gateway")
	p.Explain = Upper(c.Type.Word()) + ", to " + someOf(to, ", ") + ". " + t.when() + " It can be cancelled until then."
	if len(not) > 0 {
		p.Explain += " Refused on " + Count(len(not), "gateway") + ": " + someOf(not, "; ") + "."
	}
	if c.Type == fleet.JetPorch {
		p.Explain += " It may affect the connectivity and functionality of the gateway."
	}
	return p
}

func refusedFirst(p control.Planned) int {
	if p.State == fleet.Refused {
		return 0
	}
	return 1
}

// someOf joins the first few of a list and counts the rest.
func someOf(list []string, with string) string {
	n := len(list)
	text := strings.Join(list[:min(n, namedAtMost)], with)
	if n > namedAtMost {
		text += " and " + Number(n-namedAtMost) + " more"
	}
	return text
}

// shown bounds the rows of a plan on a page.
const shownAtMost = 200

// Upper begins with a capital letter.
func Upper(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
