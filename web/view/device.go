package view

import (
	"strings"

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
