package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

const day = 24 * time.Hour

var expireTests = []test{
	{"deletes what is past its keeping and nothing else", func(t *testing.T, w *world) {
		d, u := w.device("one"), w.user("ada")
		w.write(func(ctx ctx, tx control.Tx) error {
			for i, expires := range []time.Time{start.Add(day), start.Add(100 * day), {}} {
				if err := tx.InsertSession(ctx, fleet.Session{Hash: []byte{byte(i)}, UserID: u.ID, CreatedAt: start, ExpiresAt: expires}); err != nil {
					return err
				}
				token := fleet.EnrolmentToken{Kind: fleet.OneTime, UnitID: fleet.Root, CreatedAt: start, ExpiresAt: expires}
				if _, err := tx.InsertEnrolmentToken(ctx, []byte{byte(i)}, token); err != nil {
					return err
				}
			}
			if err := tx.InsertLog(ctx, start, []fleet.LogEntry{{DeviceID: d.ID, At: start, Text: "old"}}); err != nil {
				return err
			}
			return tx.InsertLog(ctx, start.Add(2*day), []fleet.LogEntry{{DeviceID: d.ID, At: time.Unix(60, 0), Text: "of a clock that was never set"}})
		})
		w.message(d, "acked", nil)
		w.message(d, "expiring", func(m *fleet.Message) { m.ExpiresAt = start.Add(day) })
		w.message(d, "kept", nil)
		w.write(func(ctx ctx, tx control.Tx) error {
			_, err := tx.AckMessage(ctx, "acked", start, fleet.Answer{})
			return err
		})
		for i := range 3 {
			at := start.Add(time.Duration(i) * day)
			w.contact(control.Contact{DeviceID: d.ID, At: at, Values: []fleet.Value{{Kind: fleet.Property, Key: "t", At: at}}})
		}
		left := func() string {
			sessions, tokens := 0, len(read(w.store.EnrolmentTokens(w.ctx, page))(w))
			for i := range 3 {
				if _, err := w.store.Session(w.ctx, []byte{byte(i)}); err == nil {
					sessions++
				}
			}
			box := ""
			for _, id := range []string{"acked", "expiring", "kept"} {
				if _, err := w.store.Message(w.ctx, id); err == nil {
					box += " " + id
				}
			}
			history := read(w.store.History(w.ctx, d.ID, fleet.Property, "t", start, start.Add(100*day), 100))(w)
			return fmt.Sprintf("%d sessions, %d tokens, %d lines, %d values,%s",
				sessions, tokens, len(read(w.store.Log(w.ctx, d.ID, page))(w)), len(history), box)
		}
		for _, c := range []struct {
			after time.Duration
			want  string
		}{
			{0, "3 sessions, 3 tokens, 2 lines, 3 values, acked expiring kept"},
			{day, "2 sessions, 3 tokens, 2 lines, 3 values, acked kept"},
			{31 * day, "2 sessions, 2 tokens, 2 lines, 1 values, kept"},
			{91 * day, "2 sessions, 2 tokens, 1 lines, 0 values, kept"},
		} {
			if w.expire(start.Add(c.after)) {
				t.Errorf("after %s: more than a few rows ran out", c.after)
			}
			if got := left(); got != c.want {
				t.Errorf("after %s: got %s, want %s", c.after, got, c.want)
			}
		}
		if got := read(w.store.Values(w.ctx, d.ID, fleet.Property))(w); len(got) != 1 {
			t.Errorf("the current value is gone: %v", got)
		}
	}},
	{"deletes a bounded number and says that there is more", func(t *testing.T, w *world) {
		d := w.device("one")
		for range 11 {
			lines := make([]fleet.LogEntry, 500)
			for i := range lines {
				lines[i] = fleet.LogEntry{DeviceID: d.ID, At: start, Level: fleet.LogInfo, Text: "x"}
			}
			w.write(func(ctx ctx, tx control.Tx) error { return tx.InsertLog(ctx, start, lines) })
		}
		if !w.expire(start.Add(91 * day)) {
			t.Error("5500 lines ran out at once")
		}
		if w.expire(start.Add(91 * day)) {
			t.Error("there is no end")
		}
		if left := read(w.store.Log(w.ctx, d.ID, control.Page{Limit: 10}))(w); len(left) != 0 {
			t.Errorf("%d lines are left", len(left))
		}
	}},
	{"keeps a token that let a device in", func(t *testing.T, w *world) {
		w.write(func(ctx ctx, tx control.Tx) error {
			token := fleet.EnrolmentToken{Kind: fleet.OneTime, UnitID: fleet.Root, CreatedAt: start, ExpiresAt: start}
			id, err := tx.InsertEnrolmentToken(ctx, []byte("used"), token)
			if err != nil {
				return err
			}
			if err := tx.UseEnrolmentToken(ctx, id, "one", start); err != nil {
				return err
			}
			return nil
		})
		w.expire(start.Add(365 * day))
		read(w.store.EnrolmentToken(w.ctx, []byte("used")))(w)
	}},
}

// expire deletes what has run out and tells whether there may be more.
func (w *world) expire(now time.Time) (more bool) {
	w.Helper()
	w.write(func(ctx ctx, tx control.Tx) (err error) {
		more, err = tx.DeleteExpired(ctx, now)
		return err
	})
	return more
}
