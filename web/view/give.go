package view

import (
	"strings"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// namedAtMost is how many devices a question names before it counts them.
const namedAtMost = 5

// planned counts the devices that would get the update.
func planned(list []control.Planned) int {
	n := 0
	for _, p := range list {
		if p.State != fleet.Refused {
			n++
		}
	}
	return n
}

func planSummary(list []control.Planned) string {
	n := planned(list)
	if n == len(list) {
		return "It would go to " + Count(n, "device") + " with the next telemetry message of each."
	}
	return "It would go to " + Count(n, "device") + "; " + Count(len(list)-n, "device") + " would be refused, for the reasons below."
}

// giveExplain names the devices, when it goes out, and what is refused.
func giveExplain(list []control.Planned) string {
	var names []string
	for _, p := range list {
		if p.State != fleet.Refused {
			names = append(names, deviceName(p.Device))
		}
	}
	n := len(names)
	text := "To " + strings.Join(names[:min(n, namedAtMost)], ", ")
	if n > namedAtMost {
		text += " and " + Number(n-namedAtMost) + " more"
	}
	text += ". It goes out with the next telemetry message of each and can be cancelled until then."
	if refused := len(list) - n; refused > 0 {
		text += " " + Count(refused, "device") + " would be refused."
	}
	return text
}
