package transfer

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// watch cancels a request that brings too few bytes within a window.
type watch struct {
	bytes atomic.Int64
	done  chan struct{}
	wait  sync.WaitGroup
}

func (f *Fetch) watch(cancel context.CancelCauseFunc) *watch {
	w := &watch{done: make(chan struct{})}
	least := int64(f.RateWindow.Seconds() * float64(f.MinRate))
	w.wait.Go(func() {
		ticker := time.NewTicker(f.RateWindow)
		defer ticker.Stop()
		for {
			select {
			case <-w.done:
				return
			case <-ticker.C:
				if w.bytes.Swap(0) < max(least, 1) {
					cancel(errSlow)
					return
				}
			}
		}
	})
	return w
}

func (w *watch) stop() {
	close(w.done)
	w.wait.Wait()
}
