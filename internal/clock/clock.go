// Package clock is the only place that reads the machine's clock, beside the
// commands. Everything else is given a func() time.Time named Now: System in
// a server, the Now of a Fake in a test.
//
// Moments are UTC and whole microseconds, which is what the store keeps, so
// that a moment read back equals the moment written.
package clock

import (
	"sync"
	"time"
)

// System returns the present moment in UTC, in whole microseconds and without
// a monotonic reading.
func System() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Fake is a clock that stands still until it is moved. It is safe for use by
// many goroutines.
type Fake struct {
	mu  sync.Mutex
	now time.Time
}

// NewFake returns a clock that shows at.
func NewFake(at time.Time) *Fake {
	f := new(Fake)
	f.Set(at)
	return f
}

// Now returns what the clock shows.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Set makes the clock show at.
func (f *Fake) Set(at time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = at.UTC().Truncate(time.Microsecond)
}

// Advance moves the clock by d and returns what it shows then.
func (f *Fake) Advance(d time.Duration) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d).Truncate(time.Microsecond)
	return f.now
}
