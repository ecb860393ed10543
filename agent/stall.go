package agent

import (
	"context"
	"errors"
	"time"

	"github.com/sluicehq/sluice/agent/transfer"
)

// errStalled means that a transfer brought nothing for as long as it may.
var errStalled = errors.New("the transfer stands still")

// mostStall bounds what a message may ask for, in seconds.
const mostStall = 1 << 31

// counted is a sink that says when something comes.
type counted struct {
	transfer.Sink
	moved chan struct{}
}

func (c counted) Write(p []byte) (int, error) {
	n, err := c.Sink.Write(p)
	if n > 0 {
		select {
		case c.moved <- struct{}{}:
		default:
		}
	}
	return n, err
}

// limited runs a transfer that ends with errStalled when it brings no byte for
// so many seconds. The time without a link to the server does not count: the
// transfer goes on after any break. 0 is no limit.
func (r *Runtime) limited(ctx context.Context, seconds int64, sink transfer.Sink, run func(context.Context, transfer.Sink) error) error {
	if seconds <= 0 {
		return run(ctx, sink)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	watched := counted{sink, make(chan struct{}, 1)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if r.standsStill(ctx, time.Duration(min(seconds, mostStall))*time.Second, watched.moved) {
			cancel(errStalled)
		}
	}()
	err := run(ctx, watched)
	stalled := errors.Is(context.Cause(ctx), errStalled)
	cancel(nil)
	<-ended
	if err != nil && stalled {
		return errStalled
	}
	return err
}

// standsStill waits until nothing has moved for the limit while there was a
// link. It is false when ctx ends before.
func (r *Runtime) standsStill(ctx context.Context, limit time.Duration, moved <-chan struct{}) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for {
		link, changed := r.up.present()
		expired := timer.C
		if link == nil {
			expired = nil
		}
		select {
		case <-expired:
			return true
		case <-changed:
		case <-moved:
		case <-ctx.Done():
			return false
		}
		timer.Reset(limit)
	}
}
