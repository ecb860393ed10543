package view

import (
	"strconv"

	"github.com/sluicehq/sluice/fleet"
)

// CancelAsk takes one unsent execution back, after a question that names it.
func CancelAsk(e fleet.Execution, tiny bool) Ask {
	return Ask{URL: "/executions/" + e.ID.String() + "/cancel", Button: "CANCEL UPDATE", Name: "CANCEL UPDATE: " + e.Update.Title + " on " + deviceName(e.Device),
		Title:   "Cancel " + e.Update.Title + " on " + deviceName(e.Device) + "?",
		Explain: "Nothing was sent yet. The device will not get this update; others of the same update are not touched.",
		Do:      "Cancel on 1 device", Stop: true, Tiny: tiny}
}

// executionReason is the reason with the attempt, where there was another.
func executionReason(e fleet.Execution) string {
	if e.Attempt > 1 {
		return joined(" · ", e.Reason, "attempt "+strconv.Itoa(e.Attempt))
	}
	return e.Reason
}
