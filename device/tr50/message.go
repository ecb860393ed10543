package tr50

import (
	"context"
	"runtime/debug"
	"slices"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// message is one message of a client while its commands run. What they publish
// is gathered and committed once, before the answers are given.
type message struct {
	h       *Handler
	session *session
	actor   control.Actor   // who asks, in a session of a user
	waiting context.Context // ends with the connection: for waiting on others
	at      time.Time

	answers  []wire.Answer
	gathered []int // the answers that hang on the next commit
	held     int   // values and lines that wait for the next commit
	lines    []fleet.LogEntry
	reports  []*report // that of the session's own device first
	children map[wire.Thing]fleet.Device

	moreMail bool // a limit left mail in the box
	mail     bool // some was handed out: the reply has to be sent
	room     int  // bytes of the reply that are left for the params of answers
}

// report is what a message says for one device.
type report struct {
	device    fleet.DeviceID
	values    []fleet.Value
	telemetry bool // something was published since the last commit, even nothing
	contacted bool // a contact was committed
	pending   bool // an update waits for the device
}

// of is the report of a device.
func (m *message) of(device fleet.DeviceID) *report {
	for _, r := range m.reports {
		if r.device == device {
			return r
		}
	}
	r := &report{device: device}
	m.reports = append(m.reports, r)
	return r
}

func (h *Handler) message(waiting context.Context, s *session) *message {
	return &message{h: h, session: s, waiting: waiting, at: h.now(), reports: []*report{{device: s.device}}}
}

// begin starts a message. A failure refuses the whole request.
func (h *Handler) begin(ctx, waiting context.Context, s *session) (*message, *wire.Error) {
	m := h.message(waiting, s)
	if !s.user() {
		return m, nil
	}
	actor, err := h.control.Authenticate(ctx, s.token)
	if fleet.CodeOf(err) == fleet.Denied {
		return nil, &wire.Error{Code: wire.CodeNotAuthenticated, Message: fleet.Sentence(err)}
	}
	if err != nil {
		return nil, h.failure(err, wire.CommandAuthenticate, s)
	}
	m.actor = actor
	return m, nil
}

// run runs the commands in order and answers each of them.
func (m *message) run(ctx context.Context, list []wire.Command) []wire.Answer {
	m.answers = make([]wire.Answer, len(list))
	m.room = maxReply
	for _, c := range list {
		m.room -= 2*len(c.ID) + aroundAnswer
	}
	for i, c := range list {
		m.answers[i].ID = c.ID
		if failure := m.command(ctx, i, c); failure != nil {
			m.answers[i].Params, m.answers[i].Failure = nil, failure
		}
	}
	_ = m.commit(ctx) // the answers say it
	return m.answers
}

// aroundAnswer bounds what stands around the params of an answer, in bytes.
const aroundAnswer = 512

// command runs one command and puts its result into its answer.
func (m *message) command(ctx context.Context, i int, c wire.Command) (failure *wire.Error) {
	defer func() {
		if p := recover(); p != nil {
			m.h.log.Error("command panicked", "command", c.Command, "thing_key", m.session.key, "panic", p, "stack", string(debug.Stack()))
			failure = &wire.Error{Code: wire.CodeUnavailable, Message: "internal error"}
		}
	}()
	do, ok := commands[c.Command]
	switch {
	case !ok:
		return &wire.Error{Code: wire.CodeUnknownCommand, Message: "Unknown command " + clip(c.Command, 100)}
	case do.who == things && m.session.user():
		return &wire.Error{Code: wire.CodeNotAuthorised, Message: c.Command + " is for things, this is the session of a user"}
	case do.who == users && !m.session.user():
		return &wire.Error{Code: wire.CodeNotAuthorised, Message: c.Command + " is for users, this is the session of a thing"}
	}
	before, mailed := m.held, m.mail
	result, err := do.run(ctx, m, c.Params)
	if m.held > before || do.publishes {
		m.gathered = append(m.gathered, i)
	}
	if err != nil {
		return m.h.failure(err, c.Command, m.session)
	}
	if result == nil {
		return nil
	}
	raw, err := wire.Encode(result)
	if err != nil {
		return m.h.failure(err, c.Command, m.session)
	}
	if m.room -= len(raw); m.room < 0 && mailed { // what was handed out must not be refused with the rest
		m.room += len(raw)
		return &wire.Error{Code: wire.CodeLimit, Message: tooLarge}
	}
	m.answers[i].Params = raw
	return nil
}

// publish gathers values of a device for the commit. It is telemetry also when
// there are none.
func (m *message) publish(device fleet.DeviceID, values ...fleet.Value) error {
	r := m.of(device)
	r.telemetry = true
	for _, v := range values {
		if len(v.Key) > maxKey {
			return &wire.Error{Code: wire.CodeLimit, Message: "the key of a value has more than 128 bytes"}
		}
		v.At = m.moment(v.At)
		r.values = append(r.values, v)
		m.held++
	}
	return nil
}

// maxAhead is how far a device's clock may be ahead of ours.
const maxAhead = 5 * time.Minute

// epoch is where clocks begin; what comes earlier says nothing.
var epoch = time.Unix(0, 0)

// moment is when something happened: as the device says, or now where it says
// nothing, a moment before clocks began, or the future, which would outlast
// every later value.
func (m *message) moment(at time.Time) time.Time {
	if !at.After(epoch) || at.After(m.at.Add(maxAhead)) {
		return m.at
	}
	return at
}

// commit puts on disk what was gathered. Where it cannot, the answers that
// hang on it become failures; the error is for a command that has to read what
// was written before it.
func (m *message) commit(ctx context.Context) error {
	if m.session.user() {
		return nil
	}
	err := m.store(ctx)
	if err != nil {
		failure := m.h.failure(err, "publish", m.session)
		for _, i := range m.gathered {
			m.answers[i].Params, m.answers[i].Failure = nil, failure
		}
		err = failure
	}
	m.lines, m.gathered, m.held = nil, nil, 0
	for _, r := range m.reports {
		r.values, r.telemetry = nil, false
	}
	return err
}

// store keeps all of it in one transaction: a client that is told of a failure
// sends the whole message again.
func (m *message) store(ctx context.Context) error {
	var list []control.Contact
	var of []*report // of each contact
	for i, r := range m.reports {
		parts := r.contacts(m.at)
		if i == 0 && len(parts) == 0 && (len(m.lines) > 0 || !r.contacted) {
			parts = []control.Contact{r.contact(m.at, nil)} // the message is a contact of its device, whatever it says
		}
		if i == 0 && len(parts) > 0 {
			parts[0].Lines = m.lines
		}
		for range parts {
			of = append(of, r)
		}
		list = append(list, parts...)
	}
	answers, err := m.h.control.ContactAll(ctx, list)
	for i, answer := range answers {
		of[i].contacted = true
		of[i].pending = of[i].pending || answer.Pending
	}
	return err
}

// contacts are what there is to say, in parts that one contact holds.
func (r *report) contacts(at time.Time) (list []control.Contact) {
	for part := range slices.Chunk(r.values, maxContact) {
		list = append(list, r.contact(at, part))
	}
	if len(list) == 0 && r.telemetry {
		list = append(list, r.contact(at, nil))
	}
	return list
}

func (r *report) contact(at time.Time, values []fleet.Value) control.Contact {
	return control.Contact{DeviceID: r.device, At: at, Link: fleet.TR50, Telemetry: r.telemetry, Values: values}
}

// pending tells whether offer has something to hand out.
func (m *message) pending() bool {
	return slices.ContainsFunc(m.reports, func(r *report) bool { return r.pending })
}

// offer hands the pending updates to their devices, in answer to telemetry.
func (m *message) offer(ctx context.Context) {
	for _, r := range m.reports {
		if !r.pending {
			continue
		}
		err := m.offerTo(ctx, r.device)
		if err != nil && fleet.CodeOf(err) != fleet.Conflict { // another contact offers it at the same time
			m.h.log.Error("cannot offer an update", "thing_key", m.session.key, "device", r.device, "error", err)
		}
	}
}

// offerTo leaves the update of a bound thing pending until its gateway, which
// would not be handed it, has been let in.
func (m *message) offerTo(ctx context.Context, device fleet.DeviceID) error {
	if device != m.session.device {
		gateway, err := m.self().Device(ctx, m.session.device)
		if err != nil || gateway.Refusal() != "" {
			return err
		}
	}
	return m.h.control.Offer(ctx, device, pack)
}

// clip bounds a text that is repeated to whoever sent it.
func clip(s string, limit int) string { return s[:min(len(s), limit)] }
