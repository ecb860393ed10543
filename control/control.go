package control

import (
	"crypto/ed25519"
	"crypto/rand"
	"sync"
	"time"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/sup"
)

// Options are what the use cases need.
type Options struct {
	Store Store
	Blobs Blobs
	Now   func() time.Time

	// Trust are the owner's keys: a package that none of them signed is
	// refused when it is made a release, and again on the device.
	Trust sup.Trust

	// Signer signs the scripts that operators type; nil where the key has left
	// the server.
	Signer sup.Signer

	// ReportTimeout is how long a device may be silent about an execution
	// that it was handed, default 24 hours.
	ReportTimeout time.Duration
	// MaxFile bounds an uploaded file in bytes, default 4 GiB.
	MaxFile int64
	// MaxDeviceDay bounds what one device uploads in 24 hours, in bytes,
	// default 1 GiB.
	MaxDeviceDay int64
}

// Control offers the use cases. Start makes it take contacts; Close ends it.
type Control struct {
	Options
	Feed *Feed

	contacts *committer
	logins   *logins
	hasher   *hasher
	hijacks  *seldom[fleet.DeviceID]
	refusals *seldom[fleet.UserID]
	bells    bells
	bundling sync.Mutex // held while a bundle is in memory: one at a time
	units    sync.Map   // fleet.UnitID to fleet.Unit
	answers  answers
}

// New returns the use cases over the store. Close must be called.
func New(o Options) *Control {
	if o.ReportTimeout == 0 {
		o.ReportTimeout = 24 * time.Hour
	}
	if o.MaxFile == 0 {
		o.MaxFile = 4 << 30
	}
	if o.MaxDeviceDay == 0 {
		o.MaxDeviceDay = 1 << 30
	}
	return &Control{
		Options:  o,
		Feed:     newFeed(),
		contacts: newCommitter(o.Store),
		logins:   newLogins(o.Now),
		hasher:   newHasher(),
		hijacks:  newSeldom[fleet.DeviceID](o.Now),
		refusals: newSeldom[fleet.UserID](o.Now),
		bells:    bells{live: map[fleet.DeviceID][]*Bell{}},
		answers:  answers{waiting: map[string][]chan fleet.Answer{}},
	}
}

// Close waits for the contacts under way and ends.
func (c *Control) Close() {
	c.contacts.close()
	c.Feed.Close()
}

// Contacts is how many contacts were committed since the start.
func (c *Control) Contacts() uint64 { return c.contacts.committed.Load() }

// TrustedKeys are the owner's keys, as an agent needs them to check a package.
func (c *Control) TrustedKeys() []ed25519.PublicKey { return c.Trust.Keys }

// secret returns n random characters out of the alphabet.
func secret(n int, alphabet string) string {
	out := make([]byte, 0, n)
	limit := 256 - 256%len(alphabet)
	for buf := make([]byte, n); len(out) < n; {
		_, _ = rand.Read(buf) // crypto/rand.Read never fails
		for _, b := range buf {
			if int(b) < limit && len(out) < n {
				out = append(out, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(out)
}
