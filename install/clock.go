package install

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

// monotonic is time that no one can set. Its zero is the boot.
func monotonic() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &ts); err != nil {
		panic("internal error: the monotonic clock does not run: " + err.Error())
	}
	return time.Duration(ts.Nano())
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
