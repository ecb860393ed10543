package backoff_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sluicehq/sluice/agent/backoff"
)

func TestJitterComesAfterTheCap(t *testing.T) {
	t.Parallel()
	b := backoff.Backoff{Base: time.Second, Cap: 8 * time.Second}
	for range 4 {
		b.Next()
	}
	seen := map[time.Duration]bool{}
	for range 200 {
		wait := b.Next()
		if wait < 4*time.Second || wait > 12*time.Second {
			t.Fatalf("got %v, want half to one and a half of the cap", wait)
		}
		seen[wait] = true
	}
	if len(seen) < 100 {
		t.Errorf("%d different waits of 200: the fleet comes back at once", len(seen))
	}
}

func TestWaitsDoubleUntilTheCapAndStartAgainAfterReset(t *testing.T) {
	t.Parallel()
	b := backoff.Backoff{Base: time.Second, Cap: time.Minute}
	for _, base := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60, 60} {
		base *= time.Second
		if wait := b.Next(); wait < base/2 || wait > base*3/2 {
			t.Errorf("got %v, want about %v", wait, base)
		}
	}
	b.Reset()
	if wait := b.Next(); wait > 1500*time.Millisecond {
		t.Errorf("after Reset got %v", wait)
	}
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var b backoff.Backoff
	if err := b.Wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
