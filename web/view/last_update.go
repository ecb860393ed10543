package view

import (
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// DeviceUpdates is the table of a device's last updates.
type DeviceUpdates struct {
	Now        time.Time
	Executions []fleet.Execution
	MayCancel  bool
}

// GroupUpdates is the table of a group's last updates.
type GroupUpdates struct {
	Now       time.Time
	Updates   []fleet.Update
	MayCancel bool
}

// statusAt is when the sending of an execution got its status.
func statusAt(e fleet.Execution) time.Time {
	switch {
	case !e.SentAt.IsZero():
		return e.SentAt
	case !e.FinishedAt.IsZero():
		return e.FinishedAt
	}
	return e.CreatedAt
}

// outcome tells whether anything is known of what came of an execution: it
// was sent, or it ended in another way than by a cancel.
func outcome(e fleet.Execution) bool {
	return !e.SentAt.IsZero() || e.State.Final() && e.State != fleet.Cancelled
}

// contentWord is what an update sends: the release, the first characters of a
// Magic Link, or that it is a script.
func contentWord(u fleet.Update) string {
	if u.Type == fleet.MagicLinkUpdate && u.Content != "" {
		return u.Content
	}
	return u.Title
}
