package control

import (
	"sync"

	"github.com/sluicehq/sluice/fleet"
)

// Change says what was changed; a zero id was not touched. It carries no
// content: whoever hears it reads what it may read.
type Change struct {
	Device    fleet.DeviceID
	Update    fleet.UpdateID
	Execution fleet.ExecutionID
}

// Feed tells listeners in this process what was committed.
type Feed struct {
	mu        sync.Mutex
	listeners map[chan Change]struct{}
	closed    bool
}

// feedBuffer is how many changes a listener may lag behind before it misses
// some; a page that misses a change shows it at the next one.
const feedBuffer = 256

func newFeed() *Feed { return &Feed{listeners: map[chan Change]struct{}{}} }

// Listen returns the changes from now on. The channel is closed when the
// feed ends; stop ends it earlier.
func (f *Feed) Listen() (changes <-chan Change, stop func()) {
	ch := make(chan Change, feedBuffer)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		close(ch)
		return ch, func() {}
	}
	f.listeners[ch] = struct{}{}
	return ch, func() { f.drop(ch) }
}

func (f *Feed) drop(ch chan Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.listeners[ch]; ok {
		delete(f.listeners, ch)
		close(ch)
	}
}

func (f *Feed) publish(c Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for ch := range f.listeners {
		select {
		case ch <- c:
		default: // a listener that is this far behind has enough to do
		}
	}
}

// Close ends every listener's channel. A second call does nothing.
func (f *Feed) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for ch := range f.listeners {
		delete(f.listeners, ch)
		close(ch)
	}
}
