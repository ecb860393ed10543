package tr50

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"sync"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// Limits of what is held for clients.
const (
	maxMessage     = 1 << 20   // bytes of a request, inflated
	maxReply       = 900 << 10 // bytes; what waits for one MQTT client is 1 MiB
	maxWaits       = 256       // requests that wait for a device's acknowledgement
	maxLogins      = 16        // users who sign in at once: each costs 19 MiB
	maxSessions    = 100_000   // over HTTP, of devices
	maxPerOwner    = 16        // sessions over HTTP, and tickets, of one device
	maxTickets     = 100_000
	sessionTTL     = 24 * time.Hour    // TR50 1.6
	ticketTTL      = 300 * time.Second // TR50 1.9
	maxContact     = 1000              // values that one contact takes
	maxKey         = 128               // bytes of the key of a value
	organisation   = "sluice"          // orgKey of the one organisation
	organisationID = "1"
)

// Options of a Handler. Control is required.
type Options struct {
	Control *control.Control
	Logger  *slog.Logger // nil: nothing is logged
	// RequestsPerSecond bounds the requests of one device over HTTP; further
	// ones are refused. Default 0: no limit. MQTT has its own.
	RequestsPerSecond float64
	RequestBurst      int // how many may come at once
}

// Handler serves TR50. Close must be called after the MQTT server and the HTTP
// server have ended.
type Handler struct {
	control *control.Control
	log     *slog.Logger
	now     func() time.Time

	sessions *cache[*session] // of devices over HTTP
	tickets  *cache[ticket]
	waits    chan struct{} // a slot for each request that waits for a device
	logins   chan struct{} // a slot for each user who signs in
	pace     *pace
	aside    sync.WaitGroup // requests that run beside their connection
}

// New returns a Handler.
func New(o Options) *Handler {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return &Handler{
		control:  o.Control,
		log:      o.Logger,
		now:      o.Control.Now,
		sessions: newCache[*session](o.Control.Now, sessionTTL, maxSessions, maxPerOwner),
		tickets:  newCache[ticket](o.Control.Now, ticketTTL, maxTickets, maxPerOwner),
		waits:    make(chan struct{}, maxWaits),
		logins:   make(chan struct{}, maxLogins),
		pace:     newPace(o.RequestsPerSecond, o.RequestBurst),
	}
}

// Close waits for the requests that still wait for a device; their connections
// have to be closed before.
func (h *Handler) Close() { h.aside.Wait() }

// session is what is kept of a client between two of its messages: a device,
// or a user where token is set.
type session struct {
	id     string // 24 hexadecimal digits
	device fleet.DeviceID
	key    string // the thing key
	proof  []byte // of the credential that opened the session of a device
	token  string // of a user's session with control

	offline func() // ends the presence of a device over MQTT
	family  family
}

// family are the bound things that are reachable over a session.
type family struct {
	mu      sync.Mutex
	ring    func() // tells the connection that mail waits; nil where there is none
	offline map[fleet.DeviceID]func()
}

func (s *session) user() bool { return s.token != "" }

// newID is 24 hexadecimal digits that nobody guesses (TR50 1.9).
func newID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // crypto/rand.Read never fails
	return hex.EncodeToString(b[:])
}

// admit lets a device in with what TR50 calls thing key, token and app id.
func (h *Handler) admit(ctx context.Context, key, token, appID string) (*session, error) {
	in := control.Introduction{Key: key, Password: token, AppID: appID, Link: fleet.TR50}
	d, err := h.control.Admit(ctx, in)
	if err != nil {
		return nil, err
	}
	return &session{id: newID(), device: d.ID, key: d.Key, proof: in.Proof()}, nil
}
