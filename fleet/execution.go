package fleet

import (
	"encoding/json"
	"slices"
	"time"
)

// Execution is one update on one device: the only thing with a life cycle of
// its own.
type Execution struct {
	ID         ExecutionID
	UpdateID   UpdateID
	DeviceID   DeviceID
	State      State
	Reason     string // why it waits or how it ended, a sentence; "" where there is nothing to say
	Attempt    int    // 1 for the first try
	CreatedAt  time.Time
	ChangedAt  time.Time // when State was reached
	SentAt     time.Time // zero until it was handed to the device
	FinishedAt time.Time // zero until State is final

	// Confirmation is what the package installer wrote about each action,
	// as JSON; nil until the device reported it. Filled by a read of one.
	Confirmation json.RawMessage

	Device Device // filled when read
	Update Update // filled when read, without counts
}

// MaxUnmoving bounds the events of an execution that moved nothing: late,
// repeated and contradicting reports. The latest takes the place of the last.
const MaxUnmoving = 100

// ExecutionEvent is one line of an execution's story.
type ExecutionEvent struct {
	ID          int64
	ExecutionID ExecutionID
	Event       Event
	State       State // after the event
	Detail      string
	Mismatch    bool      // it contradicts the final state, which it did not move
	At          time.Time // when the server took it
	DeviceAt    time.Time // when the device says it happened; zero if it did not say
}

// States lists every state in the order of the table's first mention.
func States() []State {
	var all []State
	for _, m := range ExecutionTable {
		for _, s := range []State{m.From, m.To} {
			if !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	return all
}

// Next returns the state after the event, and a Conflict error where the
// table has no such move.
func (s State) Next(e Event) (State, error) {
	for _, m := range ExecutionTable {
		if m.From == s && m.On == e {
			return m.To, nil
		}
	}
	return s, Errorf(Conflict, "cannot %s an execution that is %s", e.verb(), s.Word())
}

// Final tells whether no move leaves the state.
func (s State) Final() bool {
	return !slices.ContainsFunc(ExecutionTable, func(m Move) bool { return m.From == s })
}

// Cancellable tells whether an operator's cancel takes effect at once.
func (s State) Cancellable() bool {
	_, err := s.Next(Cancel)
	return err == nil
}

// InFlight tells whether the device has it and has not ended it.
func (s State) InFlight() bool {
	_, err := s.Next(TimeOut)
	return err == nil
}

// From lists the states in which the event is legal.
func (e Event) From() []State {
	var from []State
	for _, m := range ExecutionTable {
		if m.On == e {
			from = append(from, m.From)
		}
	}
	return from
}

// Contradicts tells whether the event claims another end than the final
// state s. It is false where s is not final, and for events that end nothing.
func (s State) Contradicts(e Event) bool {
	if !s.Final() {
		return false
	}
	claims := false
	for _, m := range ExecutionTable {
		if m.On == e && m.To == s {
			return false
		}
		claims = claims || m.On == e && m.To.Final()
	}
	return claims
}

// Sending is how far the sending of one execution is: the status of a
// gateway's command (source 000).
func (e Execution) Sending() UpdateStatus {
	counts := Counts{ByState: map[State]int{e.State: 1}, Unsent: map[State]int{}}
	if e.SentAt.IsZero() {
		counts.Unsent[e.State] = 1
	}
	return UpdateStatusOf(counts)
}
