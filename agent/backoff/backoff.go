// Package backoff spaces repeated attempts: each wait is twice the one before
// up to a cap, and the jitter comes after the cap. A fleet whose server was
// away therefore does not come back in one moment, also when every device has
// long reached the cap.
//
// It does not decide what is worth another attempt and keeps no clock of its
// own: timers run on the monotonic clock, so that a jump of the wall clock
// changes nothing.
//
// The main type is Backoff.
package backoff

import (
	"context"
	"math/rand/v2"
	"time"
)

// Backoff gives the waits between attempts. The zero value uses the defaults.
// It is not safe for concurrent use.
type Backoff struct {
	Base time.Duration // the first wait before jitter, default 1 s
	Cap  time.Duration // the longest wait before jitter, default 1 min

	attempts int
}

// Next is how long to wait now: the capped doubling, times 0.5 to 1.5.
func (b *Backoff) Next() time.Duration {
	base, limit := b.Base, b.Cap
	if base <= 0 {
		base = time.Second
	}
	if limit <= 0 {
		limit = time.Minute
	}
	wait := limit
	if b.attempts < 32 && base < limit>>b.attempts {
		wait = base << b.attempts
	}
	b.attempts++
	return wait/2 + rand.N(wait+1)
}

// Reset starts again at Base, after a success.
func (b *Backoff) Reset() { b.attempts = 0 }

// Wait waits for Next, or for atLeast where that is longer. Its error is that
// of ctx.
func (b *Backoff) Wait(ctx context.Context, atLeast time.Duration) error {
	timer := time.NewTimer(max(b.Next(), atLeast))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
