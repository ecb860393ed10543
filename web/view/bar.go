package view

import (
	"fmt"

	"github.com/sluicehq/sluice/fleet"
)

// barOrder is the order of the states in a bar and its legend: what is done
// first, what waits last.
var barOrder = []fleet.State{
	fleet.Succeeded, fleet.Delivered, fleet.NotNecessary,
	fleet.InstallationCompleted, fleet.InstallationStarted, fleet.TransferCompleted, fleet.TransferStarted,
	fleet.Asking, fleet.Deferred, fleet.Sent, fleet.Pending, fleet.Scheduled,
	fleet.Failed, fleet.Refused, fleet.Declined, fleet.Cancelled, fleet.Expired,
}

// Segment is one state's part of a progress bar.
type Segment struct {
	State  fleet.State
	Count  int
	URL    string // the list of these executions
	Chosen bool
	x, w   float64
}

// barWidth is the width of a bar in its own units, barGap the space between
// two segments, barLeast the width of the smallest.
const (
	barWidth = 1000.0
	barGap   = 2.0
	barLeast = 6.0
)

// Segments lays out the states that occur.
func Segments(c fleet.Counts, url func(fleet.State) string, chosen fleet.State) []Segment {
	var list []Segment
	for _, s := range barOrder {
		if c.ByState[s] > 0 {
			list = append(list, Segment{State: s, Count: c.ByState[s], URL: url(s), Chosen: s == chosen})
		}
	}
	total := c.Total()
	free := barWidth - float64(len(list))*barLeast - float64(max(0, len(list)-1))*barGap
	x := 0.0
	for i := range list {
		list[i].x, list[i].w = x, barLeast+free*float64(list[i].Count)/float64(max(1, total))
		x += list[i].w + barGap
	}
	return list
}

func (s Segment) at() string    { return fmt.Sprintf("%.1f", s.x) }
func (s Segment) width() string { return fmt.Sprintf("%.1f", s.w) }
func (s Segment) label() string {
	return fmt.Sprintf("%s: %s", StateBadge(s.State).Word, Count(s.Count, "device"))
}

func anyChosen(list []Segment) bool {
	for _, s := range list {
		if s.Chosen {
			return true
		}
	}
	return false
}

// legend repeats the bar in words.
func legend(list []Segment, all Filter) []Filter {
	filters := []Filter{all}
	for _, s := range list {
		filters = append(filters, Filter{Badge: StateBadge(s.State), URL: s.URL, Count: s.Count, Chosen: s.Chosen})
	}
	return filters
}
