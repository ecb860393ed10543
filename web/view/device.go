package view

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

func deviceName(d fleet.Device) string {
	if d.Name != "" {
		return d.Name
	}
	return d.Key
}

func kindWord(k fleet.DeviceKind) string { return strings.ReplaceAll(string(k), "_", " ") }

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// joined joins what is not empty.
func joined(with string, parts ...string) string {
	var list []string
	for _, p := range parts {
		if p != "" {
			list = append(list, p)
		}
	}
	return strings.Join(list, with)
}

// AcceptAsk lets a device in, after a question that names it.
func AcceptAsk(d fleet.Device, tiny bool) Ask {
	return Ask{URL: "/devices/" + d.ID.String() + "/accept", Button: "Accept", Name: "Accept " + deviceName(d),
		Title:   "Accept " + deviceName(d) + "?",
		Explain: "The device with the key " + d.Key + " may be given software from then on.",
		Do:      "Accept 1 device", Go: !tiny, Tiny: tiny}
}

// RejectAsk turns a device away, after a question that names it.
func RejectAsk(d fleet.Device, tiny bool) Ask {
	return Ask{URL: "/devices/" + d.ID.String() + "/reject", Button: "Reject", Name: "Reject " + deviceName(d),
		Title:   "Reject " + deviceName(d) + "?",
		Explain: "The device with the key " + d.Key + " is refused at the door. It can be accepted later.",
		Do:      "Reject 1 device", Stop: true, Tiny: tiny}
}

// Packages is what is installed on a device, as it said.
type Packages struct {
	List       []Package
	Unreadable bool
}

// Package is one installed package.
type Package struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

func lastContact(d fleet.Device, now time.Time) string {
	if d.LastSeenAt.IsZero() {
		return ""
	}
	return "last contact " + Ago(now, d.LastSeenAt)
}

func nextContact(d fleet.Device, now time.Time) string {
	next := d.LastSeenAt.Add(d.PollEvery)
	if next.Before(now) {
		return "was due " + Ago(now, next)
	}
	return next.UTC().Format("15:04") + " UTC, in " + Span(max(time.Minute, next.Sub(now).Round(time.Minute)))
}

// linkWord is the protocol and whether a session is open.
func linkWord(d fleet.Device) string {
	word := linkName(d.Link)
	switch {
	case word == "":
		return "none yet"
	case d.Connected:
		return word + ", connected"
	}
	return word + ", no session open"
}

func queryEscape(s string) string { return url.QueryEscape(s) }

func number(n int64) string { return strconv.FormatInt(n, 10) }

// Position is where a device said that it is.
type Position struct {
	Asked      bool      `json:"-"` // the reader asked for it
	Show       string    `json:"-"`
	Hide       string    `json:"-"`
	At         time.Time `json:"-"` // zero: none was published
	Unreadable bool      `json:"-"`

	Latitude  float64  `json:"lat"`
	Longitude float64  `json:"lng"`
	Altitude  *float64 `json:"altitude"` // metres
}

func degrees(n float64, positive, negative string) string {
	if n < 0 {
		n, positive = -n, negative
	}
	return strconv.FormatFloat(n, 'f', 5, 64) + "° " + positive
}

func metres(n float64) string { return strconv.FormatFloat(n, 'f', 0, 64) + " m" }

func linkName(l fleet.Link) string {
	return map[fleet.Link]string{fleet.TR50: "TR50", fleet.DDI: "DDI", fleet.Mender: "Mender"}[l]
}
