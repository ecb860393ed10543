package view

import (
	"strings"

	"github.com/sluicehq/sluice/fleet"
)

// Badge is how a state looks: a hue, a glyph and a word, the same in lists,
// bars, legends and stories.
type Badge struct {
	Hue   string // a hue-… class
	Glyph string
	Word  string
}

func badge(hue, glyph, word string) Badge {
	if word != "" {
		word = strings.ToUpper(word[:1]) + word[1:]
	}
	return Badge{"hue-" + hue, glyph, word}
}

// look is the hue and glyph of every state of an execution.
var look = map[fleet.State][2]string{
	fleet.Scheduled:             {"scheduled", "◷"},
	fleet.Pending:               {"pending", "●"},
	fleet.Sent:                  {"sent", "➜"},
	fleet.Asking:                {"sent", "?"},
	fleet.Deferred:              {"sent", "◷"},
	fleet.TransferStarted:       {"sent", "↓"},
	fleet.TransferCompleted:     {"sent", "↧"},
	fleet.InstallationStarted:   {"active", "◐"},
	fleet.InstallationCompleted: {"active", "◕"},
	fleet.Succeeded:             {"ok", "✓"},
	fleet.Delivered:             {"ok", "↧"},
	fleet.NotNecessary:          {"off", "="},
	fleet.Failed:                {"fail", "✕"},
	fleet.Cancelled:             {"off", "○"},
	fleet.Expired:               {"off", "◌"},
	fleet.Refused:               {"refused", "⊘"},
	fleet.Declined:              {"refused", "⊖"},
}

// StateBadge is the look of an execution's state.
func StateBadge(s fleet.State) Badge { return badge(look[s][0], look[s][1], s.Word()) }

// UpdateBadge is the look of an update's status.
func UpdateBadge(s fleet.UpdateStatus) Badge {
	l := map[fleet.UpdateStatus][2]string{
		fleet.UpdateScheduled:     {"scheduled", "◷"},
		fleet.UpdatePending:       {"pending", "●"},
		fleet.UpdateInProgress:    {"active", "◐"},
		fleet.UpdateSent:          {"sent", "➜"},
		fleet.UpdatePartiallySent: {"sent", "◑"},
		fleet.UpdateCancelled:     {"off", "○"},
		fleet.UpdateNotSent:       {"refused", "⊘"},
	}[s]
	return badge(l[0], l[1], s.Word())
}

// DeviceBadge is the look of a device: whether it is let in, and, when it is,
// whether it speaks as often as it should.
func DeviceBadge(s fleet.DeviceState, p fleet.Presence) Badge {
	switch {
	case s == fleet.DevicePending:
		return badge("pending", "●", "pending")
	case s == fleet.DeviceRejected:
		return badge("refused", "⊘", "rejected")
	case p == fleet.Operational:
		return badge("ok", "✓", "operational")
	case p == fleet.Late:
		return badge("pending", "▲", "late")
	case p == fleet.Unreachable:
		return badge("fail", "✕", "unreachable")
	}
	return badge("off", "○", "unknown")
}

// ActionBadge is the look of what came of one action of a package.
func ActionBadge(status string) Badge {
	l, ok := map[string][2]string{
		"ok": {"ok", "✓"}, "changed": {"ok", "✓"}, "failed": {"fail", "✕"}, "skipped": {"off", "○"}, "undone": {"pending", "↶"}, "undo_failed": {"fail", "✕"},
	}[status]
	if !ok {
		l = [2]string{"off", "○"}
	}
	return badge(l[0], l[1], strings.ReplaceAll(status, "_", " "))
}

// checkBadge marks what only looks, and changes nothing.
func checkBadge() Badge { return badge("scheduled", "◇", "check") }

// TaskBadge is the look of what came of one task of a playbook; in a check
// what changed would change.
func TaskBadge(status string, check bool) Badge {
	if check && status == "changed" {
		return badge("sent", "Δ", "would change")
	}
	return ActionBadge(status)
}

// LogBadge is the look of a log line.
func LogBadge(l fleet.LogLevel) Badge {
	switch l {
	case fleet.LogError:
		return badge("fail", "✕", "error")
	case fleet.LogWarning:
		return badge("pending", "▲", "warning")
	}
	return badge("off", "·", "information")
}
