package operator

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

// How often watch reads everything anew, for changes that the stream of
// events lost, and how often it tries to reach a server that went away.
const (
	lookEvery = 10 * time.Second
	maxAway   = 30 // tries in a row, one each lookEvery
)

func (o *operator) updateWatchCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "watch ID",
		Short: "Follow an update until it has ended on every device",
		Long: `Follow an update until it has ended on every device: a live table on a terminal,
elsewhere a line for each change.

  sluice update watch 5

Exit code: 0 it came to every device; 1 it failed on some; 4 it failed on none,
but was refused, declined, cancelled or expired on some; 3, 5 and 6 as always.`,
		Args: arguments("ID"),
		RunE: o.onID("update", o.watch),
	}
}

// watcher follows one update.
type watcher struct {
	client *client.Client
	update client.Update
	known  map[int64]client.Execution
	view   view
	every  time.Duration
	away   int // tries in a row that did not reach the server
}

func (o *operator) watch(cmd *cobra.Command, c *client.Client, id int64) error {
	u, err := c.Update(cmd.Context(), id)
	if err != nil {
		return err
	}
	w := &watcher{client: c, update: u, known: map[int64]client.Execution{}, view: o.newView(cmd.OutOrStdout()), every: lookEvery}
	if err := w.run(cmd.Context()); err != nil {
		return err
	}
	return verdict(w.update)
}

// run follows the update to its end, over losses of the server.
func (w *watcher) run(ctx context.Context) error {
	for {
		err := w.follow(ctx)
		if err == nil {
			break
		}
		var refused *client.Error
		if errors.As(err, &refused) && refused.Code != client.Unavailable || ctx.Err() != nil {
			return err
		}
		if w.away++; w.away == maxAway {
			return err
		}
		select {
		case <-time.After(w.every):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	u, err := w.client.Update(ctx, w.update.ID)
	if err != nil {
		return err
	}
	w.update = u
	w.view.end(u)
	return nil
}

// follow listens until every execution is final. It listens before it looks,
// so that nothing falls between.
func (w *watcher) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	events, err := w.client.Events(ctx)
	if err != nil {
		return err
	}
	defer events.Close()
	changes, broken := make(chan client.Change), make(chan error, 1)
	go func() {
		defer close(broken)
		broken <- listen(ctx, events, changes)
	}()
	tick := time.NewTicker(w.every)
	defer tick.Stop()
	err = w.look(ctx)
	for err == nil && w.active() > 0 {
		select {
		case c := <-changes:
			err = w.take(ctx, c)
		case <-tick.C:
			err = w.look(ctx)
		case err = <-broken:
			return err
		}
	}
	events.Close()
	cancel()
	for range broken { // its error is that of cancel
	}
	return err
}

func listen(ctx context.Context, events *client.Events, changes chan<- client.Change) error {
	for {
		c, err := events.Next()
		if err != nil {
			return err
		}
		select {
		case changes <- c:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// take reads what a change is about.
func (w *watcher) take(ctx context.Context, c client.Change) error {
	if c.Update != w.update.ID {
		return nil
	}
	if c.Execution == 0 {
		return w.look(ctx)
	}
	e, err := w.client.Execution(ctx, c.Execution)
	if err != nil {
		return err
	}
	w.note(e)
	w.view.draw(w.update, w.sorted)
	return nil
}

// look reads every execution.
func (w *watcher) look(ctx context.Context) error {
	for e, err := range w.client.Executions(ctx, client.ExecutionFilter{Update: w.update.ID}) {
		if err != nil {
			return err
		}
		w.note(e)
	}
	w.away = 0
	w.view.draw(w.update, w.sorted)
	return nil
}

// note keeps an execution, and tells of it where it changed.
func (w *watcher) note(e client.Execution) {
	before, ok := w.known[e.ID]
	if ok && (before.State == e.State && before.Reason == e.Reason || before.Final) {
		return
	}
	e.Confirmation = nil
	w.known[e.ID] = e
	w.view.changed(e)
}

func (w *watcher) active() int {
	n := 0
	for _, e := range w.known {
		if !e.Final {
			n++
		}
	}
	return n
}

// sorted are the executions in the order in which they were given.
func (w *watcher) sorted() []client.Execution {
	all := make([]client.Execution, 0, len(w.known))
	for _, e := range w.known {
		all = append(all, e)
	}
	slices.SortFunc(all, func(a, b client.Execution) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// verdict is nil where the update came to every device.
func verdict(u client.Update) error {
	came := u.Counts["succeeded"] + u.Counts["delivered"] + u.Counts["not_necessary"]
	switch {
	case came == u.Total:
		return nil
	case u.Counts["failed"] > 0:
		return outcome{exitFailed, fmt.Sprintf("update %d failed on %d of %d devices", u.ID, u.Counts["failed"], u.Total)}
	}
	return outcome{exitRefused, fmt.Sprintf("update %d did not come to %d of %d devices", u.ID, u.Total-came, u.Total)}
}
