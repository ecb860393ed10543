package control

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// movesOnly is a transaction that takes moves.
type movesOnly struct {
	Tx
	moves []Advance
}

func (t *movesOnly) Advance(_ context.Context, a Advance) error {
	t.moves = append(t.moves, a)
	return nil
}

func (*movesOnly) InsertAudit(context.Context, fleet.AuditEntry) error { return nil }

func TestAnExecutionMovesOnlyByTheTable(t *testing.T) {
	t.Parallel()
	c := &Control{Options: Options{Now: func() time.Time { return time.Time{} }}}
	var events []fleet.Event
	for _, m := range fleet.ExecutionTable {
		events = append(events, m.On)
	}
	events = append(events, fleet.Create)
	for _, from := range fleet.States() {
		for _, on := range events {
			tx := &movesOnly{}
			err := c.advance(t.Context(), tx, fleet.Execution{ID: 1, State: from}, Advance{Event: on, To: fleet.Succeeded}, "server")
			i := slices.IndexFunc(fleet.ExecutionTable, func(m fleet.Move) bool { return m.From == from && m.On == on })
			if i < 0 && (fleet.CodeOf(err) != fleet.Conflict || len(tx.moves) != 0) {
				t.Errorf("%s on %s: got %v and %v", from, on, err, tx.moves)
			}
			if i >= 0 && (err != nil || len(tx.moves) != 1 || tx.moves[0].From != from || tx.moves[0].To != fleet.ExecutionTable[i].To) {
				t.Errorf("%s on %s: got %v and %v", from, on, err, tx.moves)
			}
		}
	}
}
