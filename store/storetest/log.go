package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

var logTests = []test{
	{"is read newest first, a page at a time, each device its own", func(t *testing.T, w *world) {
		a, b := w.device("a"), w.device("b")
		var lines []fleet.LogEntry
		for i := range 30 {
			lines = append(lines, fleet.LogEntry{
				DeviceID: a.ID, At: w.now.Add(time.Duration(i)), Level: fleet.LogInfo, Text: fmt.Sprintf("Zeile %d: größer <&> \"x\"\n", i),
			})
		}
		lines = append(lines, fleet.LogEntry{DeviceID: b.ID, At: w.now, Level: fleet.LogError, Text: "broken \xff and \x00"})
		w.write(func(ctx context.Context, tx control.Tx) error { return tx.InsertLog(ctx, w.now, lines) })
		w.write(func(ctx context.Context, tx control.Tx) error { return tx.InsertLog(ctx, w.now, nil) })

		first := read(w.store.Log(w.ctx, a.ID, control.Page{Limit: 20}))(w)
		rest := read(w.store.Log(w.ctx, a.ID, control.Page{Limit: 20, After: first[19].ID}))(w)
		if len(first) != 20 || len(rest) != 10 || first[0].Text != lines[29].Text || rest[9].Text != lines[0].Text {
			t.Errorf("got %d and %d lines: %+v %+v", len(first), len(rest), first, rest)
		}
		if got := read(w.store.Log(w.ctx, b.ID, page))(w); len(got) != 1 || got[0].Level != fleet.LogError ||
			got[0].Text != "broken \uFFFD and \uFFFD" || !got[0].At.Equal(w.now) {
			t.Errorf("got %+v", got)
		}
	}},
}
