package view

import (
	"fmt"
	"strconv"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// Ago is how long ago a moment was: "12 min ago". The zero moment is "never".
func Ago(now, at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	d := now.Sub(at)
	switch {
	case d < -time.Minute:
		return "in " + Span(-d)
	case d < time.Minute:
		return "just now"
	}
	return Span(d) + " ago"
}

// Span is a duration in at most two units: "2 h 10 min", "3 d".
func Span(d time.Duration) string {
	switch {
	case d < time.Second:
		return strconv.Itoa(int(d.Milliseconds())) + " ms"
	case d < 10*time.Second:
		return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + " s"
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + " s"
	case d < time.Hour:
		return two(d, time.Minute, "min", time.Second, "s", 10*time.Minute)
	case d < 24*time.Hour:
		return two(d, time.Hour, "h", time.Minute, "min", 24*time.Hour)
	}
	return two(d, 24*time.Hour, "d", time.Hour, "h", 72*time.Hour)
}

// two writes a duration in a big unit and, below the limit, a small one.
func two(d, big time.Duration, bigWord string, small time.Duration, smallWord string, limit time.Duration) string {
	text := fmt.Sprintf("%d %s", d/big, bigWord)
	if rest := d % big / small; rest > 0 && d < limit {
		text += fmt.Sprintf(" %d %s", rest, smallWord)
	}
	return text
}

// Moment is a moment in full, as titles show it.
func Moment(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.UTC().Format("2006-01-02 15:04:05 UTC")
}

// Short is a moment as lists show it: the time of today, else with its day.
func Short(now, at time.Time) string {
	now, at = now.UTC(), at.UTC()
	switch {
	case at.IsZero():
		return "never"
	case now.Format(time.DateOnly) == at.Format(time.DateOnly):
		return at.Format("15:04:05")
	case now.Year() == at.Year():
		return at.Format("2 Jan, 15:04")
	}
	return at.Format("2 Jan 2006")
}

// machine is a moment for programs.
func machine(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// PresenceReason says in a sentence why a device is shown as it is, "" where
// all is as it should be.
func PresenceReason(d fleet.Device, now time.Time) string {
	switch {
	case d.State == fleet.DevicePending:
		return "waits for your word; it gets no software before"
	case d.State == fleet.DeviceRejected:
		return "refused at the door"
	}
	switch d.Presence(now) {
	case fleet.Unknown:
		return "it never spoke"
	case fleet.Operational:
		return ""
	}
	return "last message " + Span(now.Sub(d.LastSeenAt)-d.PollEvery) + " overdue"
}

// Count is a number with its noun: "1 device", "2 devices".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Number(n) + " " + noun + "s"
}

// Number writes thousands apart: "1,284".
func Number(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// Size is a number of bytes: "18.4 MB".
func Size(n int64) string {
	const unit = 1000
	if n < unit {
		return strconv.FormatInt(n, 10) + " B"
	}
	value, word := float64(n)/unit, "kB"
	for _, next := range []string{"MB", "GB", "TB"} {
		if value < unit {
			break
		}
		value, word = value/unit, next
	}
	return strconv.FormatFloat(value, 'f', 1, 64) + " " + word
}
