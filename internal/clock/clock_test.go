package clock_test

import (
	"sync"
	"testing"
	"time"

	"github.com/sluicehq/sluice/internal/clock"
)

func TestSystemTimeIsUTCInWholeMicroseconds(t *testing.T) {
	t.Parallel()
	now := clock.System()
	if now.Location() != time.UTC || now.Nanosecond()%1000 != 0 {
		t.Errorf("got %v", now)
	}
	if again := time.UnixMicro(now.UnixMicro()).UTC(); again != now {
		t.Errorf("read back %v, want %v", again, now)
	}
}

func TestAFakeClockMovesOnlyWhenTold(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 29, 1, 0, 0, 1999, time.FixedZone("CET", 3600))
	f := clock.NewFake(start)
	if got, want := f.Now(), start.UTC().Truncate(time.Microsecond); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() { f.Advance(time.Second); f.Now() })
	}
	wg.Wait()
	if got := f.Now().Sub(start.Truncate(time.Microsecond)); got != 50*time.Second {
		t.Errorf("moved by %v", got)
	}
}
