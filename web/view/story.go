package view

import (
	"strings"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// reported are the words for what a device reports afterwards or again.
var reported = map[fleet.Event]string{fleet.StartTransfer: "transfer started", fleet.EndTransfer: "transfer completed", fleet.StartInstall: "installation started",
	fleet.EndInstall: "installation completed", fleet.Succeed: "succeeded", fleet.Fail: "failed", fleet.Deliver: "delivered", fleet.Decline: "declined", fleet.Skip: "not necessary"}

func eventWord(e fleet.Event) string {
	if word := reported[e]; word != "" {
		return word
	}
	return strings.ReplaceAll(string(e), "_", " ")
}

func sameDay(a, b time.Time) bool {
	return a.UTC().Format(time.DateOnly) == b.UTC().Format(time.DateOnly)
}

func storyHue(e fleet.ExecutionEvent) string {
	if e.Mismatch {
		return "hue-fail"
	}
	return StateBadge(e.State).Hue
}

// moved tells whether the i-th line of the story changed the state.
func moved(p ExecutionPage, i int) bool {
	return i == len(p.Story)-1 || p.Story[i+1].State != p.Story[i].State
}

// storyTitle names the state that was reached; the oldest line is the giving
// of the update, and a report that moved nothing is named as such.
func storyTitle(p ExecutionPage, i int) string {
	e := p.Story[i]
	switch {
	case i == len(p.Story)-1 && e.State != fleet.Refused:
		return "Given by " + p.Execution.Update.CreatedBy
	case e.Mismatch:
		return "Reported afterwards: " + eventWord(e.Event)
	case !moved(p, i):
		return "Reported again: " + eventWord(e.Event)
	}
	return StateBadge(e.State).Word
}

// storyDetail is the second line: what is known, how long it took, and when
// the device says that it was.
func storyDetail(p ExecutionPage, i int) string {
	e := p.Story[i]
	var took, said string
	if i < len(p.Story)-1 && moved(p, i) {
		if d := e.At.Sub(p.Story[i+1].At); d >= time.Second {
			took = "after " + Span(d)
		}
	}
	if d := e.At.Sub(e.DeviceAt); !e.DeviceAt.IsZero() && (d > 5*time.Second || d < -5*time.Second) {
		said = "at " + e.DeviceAt.UTC().Format("15:04:05") + " by the device's clock"
	}
	return joined(" · ", e.Detail, took, said)
}
