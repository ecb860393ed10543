package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// allRows is more than the demo has executions of one update.
const allRows = 1000

// follow shows the update until every execution has ended, and returns them
// in the order of the device keys.
func (d *demo) follow(ctx context.Context, u fleet.Update) ([]fleet.Execution, error) {
	changes, stop := d.server.Control.Feed.Listen()
	defer stop()
	// The feed may drop a change when it is far behind; a second look now and
	// then makes up for it.
	again := time.NewTicker(time.Second)
	defer again.Stop()
	bar := d.bar(u.Title)
	for {
		list, err := d.server.Control.Executions(ctx, d.actor, control.ExecutionFilter{UpdateID: u.ID}, control.Page{Limit: allRows})
		if err != nil {
			return nil, err
		}
		ended := 0
		for _, e := range list {
			if e.State.Final() {
				ended++
			}
		}
		bar.show(ended, len(list))
		if ended == len(list) {
			bar.end()
			slices.SortFunc(list, func(a, b fleet.Execution) int { return strings.Compare(a.Device.Key, b.Device.Key) })
			return list, nil
		}
		select {
		case <-changes:
		case <-again.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("cannot follow %s to its end: %d of %d devices have ended: %w", u.Title, ended, len(list), context.Cause(ctx))
		}
	}
}

// result prints a line for each device and counts the ends.
func (d *demo) result(list []fleet.Execution) (counts map[fleet.State]int) {
	counts = map[fleet.State]int{}
	for _, e := range list {
		counts[e.State]++
		line := fmt.Sprintf("  %-22s %-10s", e.Device.Key, e.State.Word())
		if e.Reason != "" {
			line += " " + e.Reason
		}
		d.say("%s", line)
	}
	return counts
}
