package fleet_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/fleet"
)

// A sequence is a line of events, "!" behind one that must be refused, and
// the states that follow. The execution begins in the first state.
var sequences = []struct{ events, states string }{
	{"send start_transfer end_transfer start_install end_install succeed",
		"pending sent transfer_started transfer_completed installation_started installation_completed succeeded"},
	{"cancel succeed!", "pending cancelled"},
	{"send cancel! confirm_cancel", "pending sent cancelled"},
	{"start_transfer! send send! start_install end_transfer! fail succeed!", "pending sent installation_started failed"},
	{"due expire send!", "scheduled pending expired"},
	{"refuse send! cancel!", "pending refused"},
	{"send ask defer ask start_transfer deliver", "pending sent asking deferred asking transfer_started delivered"},
	{"send ask decline", "pending sent asking declined"},
	{"send start_transfer retry send succeed", "pending sent transfer_started pending sent succeeded"},
	{"send end_install refuse! confirm_cancel! time_out succeed!", "pending sent installation_completed failed"},
	{"skip", "pending not_necessary"},
	{"time_out! send expire! time_out", "pending sent failed"},
}

func TestExecutionsMoveAsTheTableSays(t *testing.T) {
	t.Parallel()
	for _, c := range sequences {
		states := strings.Fields(c.states)
		got := []string{states[0]}
		s := fleet.State(states[0])
		for _, word := range strings.Fields(c.events) {
			event, refused := strings.CutSuffix(word, "!")
			next, err := s.Next(fleet.Event(event))
			if (err != nil) != refused {
				t.Errorf("%q: %s in %s: got error %v", c.events, event, s, err)
			}
			if err != nil {
				if fleet.CodeOf(err) != fleet.Conflict || next != s {
					t.Errorf("%q: a refused %s moved to %s with %v", c.events, event, next, err)
				}
				continue
			}
			s = next
			got = append(got, string(s))
		}
		if !slices.Equal(got, states) {
			t.Errorf("%q\n got %v\nwant %v", c.events, got, states)
		}
	}
}

func TestEveryMoveOfTheTableIsDecidable(t *testing.T) {
	t.Parallel()
	type key struct {
		from fleet.State
		on   fleet.Event
	}
	seen := map[key]bool{}
	for _, m := range fleet.ExecutionTable {
		k := key{m.From, m.On}
		if seen[k] {
			t.Errorf("two moves from %s on %s", m.From, m.On)
		}
		seen[k] = true
		if m.Note == "" {
			t.Errorf("the move from %s on %s has no note", m.From, m.On)
		}
	}
}

func TestEveryStateIsReachedAndReachesAnEnd(t *testing.T) {
	t.Parallel()
	reached := closure(fleet.Scheduled, func(m fleet.Move) (fleet.State, fleet.State) { return m.From, m.To })
	for _, s := range fleet.States() {
		if !reached[s] {
			t.Errorf("%s is not reachable", s)
		}
		ends := closure(s, func(m fleet.Move) (fleet.State, fleet.State) { return m.From, m.To })
		if !slices.ContainsFunc(fleet.States(), func(e fleet.State) bool { return e.Final() && ends[e] }) {
			t.Errorf("no end is reachable from %s", s)
		}
		if s.Final() && (s.Cancellable() || s.InFlight()) {
			t.Errorf("%s is final and yet can be cancelled or times out", s)
		}
		if !s.Final() && s.Cancellable() == s.InFlight() {
			t.Errorf("%s must be either with the server or with the device", s)
		}
	}
}

func closure(from fleet.State, edge func(fleet.Move) (fleet.State, fleet.State)) map[fleet.State]bool {
	seen := map[fleet.State]bool{from: true}
	for grown := true; grown; {
		grown = false
		for _, m := range fleet.ExecutionTable {
			if a, b := edge(m); seen[a] && !seen[b] {
				seen[b], grown = true, true
			}
		}
	}
	return seen
}

func TestARandomWalkEndsOnceAndStaysThere(t *testing.T) {
	t.Parallel()
	var events []fleet.Event
	for _, m := range fleet.ExecutionTable {
		if !slices.Contains(events, m.On) {
			events = append(events, m.On)
		}
	}
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		s := fleet.Scheduled
		for range 300 {
			was := s
			next, err := s.Next(events[random.IntN(len(events))])
			if was.Final() && (err == nil || next != was) {
				t.Fatalf("seed %d: %s moved to %s", seed, was, next)
			}
			s = next
		}
		if !s.Final() && s != fleet.Asking && s != fleet.Deferred && !s.InFlight() && !s.Cancellable() {
			t.Fatalf("seed %d: stranded in %s", seed, s)
		}
	}
}

func TestAContradictionIsAnotherEndThanTheFinalOne(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"succeeded fail": true, "succeeded succeed": false, "failed succeed": true, "failed time_out": false,
		"cancelled succeed": true, "failed start_install": false, "sent succeed": false, "refused refuse": false,
	} {
		f := strings.Fields(line)
		if got := fleet.State(f[0]).Contradicts(fleet.Event(f[1])); got != want {
			t.Errorf("%s: got %v", line, got)
		}
	}
}
