package tr50

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/testpg"
)

// fill puts n messages of 8 KiB into a mailbox; JSON for HTML would make six
// of each byte.
func (w *world) fill(key string, n int) {
	w.Helper()
	params := json.RawMessage(quotedPlain(strings.Repeat("<", 8<<10-2)))
	for range n {
		_, err := w.control.SendMail(context.Background(), w.admin, w.device(key).ID, "own.command", params, 0)
		w.must(err)
	}
}

func quotedPlain(s string) string { return `"` + s + `"` }

func TestAFullMailboxIsHandedOutWhateverItsMessagesHold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	w.fill("gw-1", 70)
	seen := map[string]bool{}
	for range 3 {
		for _, m := range c.check("") {
			seen[m.ID] = true
			if len(m.Params) != 8<<10 {
				t.Fatalf("the parameters have %d bytes", len(m.Params))
			}
		}
	}
	if len(seen) != 70 {
		t.Errorf("%d messages were handed out, want 70", len(seen))
	}
}

func TestMailForWhichAReplyHasNoRoomWaitsAndIsAnnouncedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	w.fill("gw-1", 64)
	c.ok("diag.ping", "")
	c.notified = 0
	echo := `{"command":"diag.echo","params":"` + strings.Repeat("x", 400<<10) + `"}`
	reply := c.ask("api/1", `{"1":`+echo+`,"2":{"command":"mailbox.check"},"3":`+echo+`}`)
	if reply.Failure != nil {
		t.Fatalf("the mail was handed out with a reply that is refused: %v", reply.Failure)
	}
	a, _ := reply.Answer("2")
	got := len(decode[wire.Mailbox](t, a.Params).Messages)
	if got == 0 || got == 64 {
		t.Errorf("%d messages found room beside 400 KiB", got)
	}
	if last, _ := reply.Answer("3"); last.Failure == nil || last.Failure.Code != wire.CodeLimit {
		t.Errorf("the echo behind the mail: %v, want the limit", last.Failure)
	}
	c.expectNotify()
	if rest := c.check(""); len(rest) != 64-got {
		t.Errorf("then %d messages were handed out, want %d", len(rest), 64-got)
	}
}

// meeting is a store whose readers of mail and values beside a transaction wait
// for each other, two by two.
type meeting struct {
	control.Store
	mu    sync.Mutex
	first chan struct{}
}

func (s *meeting) WaitingMail(ctx context.Context, id fleet.DeviceID, session string, now time.Time, limit int) ([]fleet.Message, error) {
	list, err := s.Store.WaitingMail(ctx, id, session, now, limit)
	s.meet()
	return list, err
}

func (s *meeting) Values(ctx context.Context, id fleet.DeviceID, kind fleet.ValueKind) ([]fleet.Value, error) {
	list, err := s.Store.Values(ctx, id, kind)
	s.meet()
	return list, err
}

func (s *meeting) meet() {
	s.mu.Lock()
	other := s.first
	if s.first == nil {
		s.first = make(chan struct{})
	} else {
		close(other)
		s.first = nil
	}
	mine := s.first
	s.mu.Unlock()
	if mine != nil {
		<-mine
	}
}

func TestTwoChecksAtOnceAreHandedEachMessageOnce(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"SQLite": "sqlite::memory:", "PostgreSQL": testpg.URL(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorldOn(t, url)
			session := decode[wire.Authenticated](t, w.api(`{`+login("gw-1", w.token(fleet.OneTime))+`}`).Auth.Params).SessionID
			w.control.Store = &meeting{Store: w.store}
			for range 10 {
				w.fill("gw-1", 3)
				var mu sync.Mutex
				seen := map[string]int{}
				var both sync.WaitGroup
				for range 2 {
					both.Go(func() {
						a, _ := w.api(`{"1":{"command":"mailbox.check"}}`, "sessionId", session).Answer("1")
						mu.Lock()
						defer mu.Unlock()
						for _, m := range decode[wire.Mailbox](t, a.Params).Messages {
							seen[m.ID]++
						}
					})
				}
				both.Wait()
				for id, n := range seen {
					if n != 1 {
						t.Errorf("message %s was handed out %d times", id, n)
					}
				}
				if len(seen) != 3 {
					t.Errorf("%d messages were handed out, want 3", len(seen))
				}
			}
		})
	}
}
