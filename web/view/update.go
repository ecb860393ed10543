package view

import (
	"strings"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// Outcome is what came of an update, in words: "171 succeeded, 4 failed".
func Outcome(c fleet.Counts) string {
	var parts []string
	active := 0
	for _, s := range barOrder {
		switch n := c.ByState[s]; {
		case n == 0:
		case s.InFlight():
			active += n
		case s.Final():
			parts = append(parts, Number(n)+" "+s.Word())
		}
	}
	if active > 0 {
		parts = append(parts, Number(active)+" under way")
	}
	if len(parts) == 0 {
		return "no outcome yet"
	}
	return strings.Join(parts, ", ")
}

// Unsent is how many executions a cancel would still end.
func Unsent(c fleet.Counts) int {
	n := 0
	for s, k := range c.ByState {
		if s.Cancellable() {
			n += k
		}
	}
	return n
}

// cancelUpdateAsk takes back what was not sent.
func cancelUpdateAsk(u fleet.Update) Ask {
	n := Unsent(u.Counts)
	return Ask{URL: "/updates/" + u.ID.String() + "/cancel", Button: "CANCEL UPDATE (" + Number(n) + " unsent)",
		Title:   "Cancel " + u.Title + " on " + Count(n, "device") + "?",
		Explain: "The update was not sent to " + Count(n, "device") + " and never will be." + untouched(u.Counts.Sent()),
		Do:      "Cancel on " + Count(n, "device"), Stop: true}
}

// untouched says what a cancel leaves alone.
func untouched(sent int) string {
	switch sent {
	case 0:
		return ""
	case 1:
		return " The device that already got it is not touched."
	}
	return " The " + Count(sent, "device") + " that already got it are not touched."
}

func releaseName(r fleet.Release) string { return joined(" ", r.Name, r.Version) }

// Fits says in words for which devices a release is made, a line each.
func Fits(r fleet.Release) []string {
	c := r.Compatibility
	var lines []string
	for _, l := range []struct {
		what string
		list []string
	}{{"Kind", c.Kinds}, {"Model", c.Models}, {"System", c.OS}, {"Architecture", c.Architectures}} {
		if len(l.list) > 0 {
			lines = append(lines, l.what+": "+strings.ReplaceAll(strings.Join(l.list, ", "), "_", " "))
		}
	}
	if c.Versions != "" {
		lines = append(lines, "Installed: "+c.Versions)
	}
	if lines == nil {
		lines = []string{"Every device"}
	}
	return lines
}

// sentWord says what an update sends: a release, or the type of the command.
func sentWord(u fleet.Update) string {
	if u.Type != fleet.SUP {
		return Upper(u.Type.Word())
	}
	return releaseName(u.Release)
}

func updateFacts(u fleet.Update, now time.Time) string {
	expires := ""
	if !u.ExpiresAt.IsZero() {
		expires = "expires " + Short(now, u.ExpiresAt) + " UTC"
	}
	retries := ""
	if u.Retries > 0 {
		retries = "tried again up to " + Count(u.Retries, "time")
	}
	live := "refreshed by itself"
	if u.Counts.Active() == 0 {
		live = "every outcome is known"
	}
	return joined(" · ", sentWord(u), Count(u.Counts.Total(), "device"), "given "+Short(now, u.CreatedAt)+" UTC by "+u.CreatedBy, retries, expires, live)
}

func chosenTitle(s fleet.State) string {
	if s == "" {
		return "All executions"
	}
	return StateBadge(s).Word
}

func chosenCount(p UpdatePage) int {
	if p.Chosen == "" {
		return p.Update.Counts.Total()
	}
	return p.Update.Counts.ByState[p.Chosen]
}

// tiny is the same question behind a small button.
func tiny(a Ask) Ask {
	a.Tiny, a.Button, a.Name = true, "CANCEL UPDATE", a.Title
	return a
}
