package sim

import (
	"context"
	"net/http"
	"sync"

	"github.com/sluicehq/sluice/agent/transfer"
)

// connectingAtOnce bounds how many devices of a fleet dial in the same moment.
const connectingAtOnce = 64

// Fleet is many devices. A connected one costs two goroutines.
type Fleet struct {
	devices []*Device
	cancel  context.CancelFunc
	wg      sync.WaitGroup
	client  *http.Client // for all that have none of their own

	mu       sync.Mutex
	outcomes map[Outcome]int
}

// Stats is a fleet at one moment.
type Stats struct {
	Devices   int
	Connected int
	Contacts  int64           // telemetry messages that were answered
	Outcomes  map[Outcome]int // final reports that were taken
}

// Start brings n devices to life; options gives those of the i-th, counted from
// 0. They download with one client, which trusts the first device's RootCAs.
func Start(n int, options func(i int) Options) *Fleet {
	ctx, cancel := context.WithCancel(context.Background())
	f := &Fleet{cancel: cancel, outcomes: map[Outcome]int{}}
	connecting := make(chan struct{}, connectingAtOnce)
	for i := range n {
		o := options(i)
		if f.client == nil {
			f.client = transfer.NewClient(o.RootCAs)
		}
		if o.Client == nil {
			o.Client = f.client
		}
		done := o.Done
		o.Done = func(key string, outcome Outcome) {
			f.mu.Lock()
			f.outcomes[outcome]++
			f.mu.Unlock()
			if done != nil {
				done(key, outcome)
			}
		}
		d := New(o)
		f.devices = append(f.devices, d)
		f.wg.Go(func() { d.run(ctx, connecting) })
	}
	return f
}

// Stats counts.
func (f *Fleet) Stats() Stats {
	s := Stats{Devices: len(f.devices), Outcomes: map[Outcome]int{}}
	for _, d := range f.devices {
		s.Contacts += d.Contacts()
		if d.Connected() {
			s.Connected++
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for o, n := range f.outcomes {
		s.Outcomes[o] = n
	}
	return s
}

// Close ends all devices and waits for them.
func (f *Fleet) Close() {
	f.cancel()
	f.wg.Wait()
	if f.client != nil {
		f.client.CloseIdleConnections()
	}
}
