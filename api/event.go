package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/httpx"
)

// Change says what was changed; an id that is left out was not touched.
type Change struct {
	Device    fleet.DeviceID    `json:"device,omitempty"`
	Update    fleet.UpdateID    `json:"update,omitempty"`
	Execution fleet.ExecutionID `json:"execution,omitempty"`
}

// events streams changes until the client goes, the session ends or the
// server closes the feed. A listener that lags misses changes and reads anew at the
// next one.
func (a *API) events(ctx context.Context, _ *struct{}) (*huma.StreamResponse, error) {
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		r, w := humago.Unwrap(hctx)
		patient, done := httpx.PatientWriter(w)
		defer done()
		w.Header().Set("Content-Type", "text/event-stream")
		s := &eventStream{api: a, caller: callerOf(ctx), visible: map[control.Change]bool{}, w: patient, conn: http.NewResponseController(w)}
		s.run(r.Context())
	}}, nil
}

type eventStream struct {
	api     *API
	caller  caller
	visible map[control.Change]bool // what was asked since the last heartbeat
	w       io.Writer
	conn    *http.ResponseController
}

func (s *eventStream) run(ctx context.Context) {
	changes, stop := s.api.control.Feed.Listen()
	defer stop()
	beat, rest := s.api.Heartbeat()
	defer rest()
	if s.send(": begin\n\n") != nil {
		return
	}
	for {
		var err error
		select {
		case c, open := <-changes:
			if !open {
				return
			}
			err = s.tell(ctx, c)
		case <-beat:
			err = s.beat(ctx)
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// beat also looks again who is listening: the session may have ended, and
// rights may have changed.
func (s *eventStream) beat(ctx context.Context) error {
	actor, err := s.api.control.Authenticate(ctx, s.caller.token)
	if err != nil {
		return err
	}
	s.caller.Actor = actor
	clear(s.visible)
	return s.send(": heartbeat\n\n")
}

// maxVisible bounds the memory of one stream.
const maxVisible = 10_000

// tell sends a change of what the caller may see.
func (s *eventStream) tell(ctx context.Context, c control.Change) error {
	object := control.Change{Device: c.Device}
	if c.Device == 0 {
		object.Update = c.Update
	}
	if object == (control.Change{}) {
		return nil
	}
	may, known := s.visible[object]
	if !known {
		may = s.may(ctx, object)
		if len(s.visible) >= maxVisible {
			clear(s.visible)
		}
		s.visible[object] = may
	}
	if !may {
		return nil
	}
	data, err := json.Marshal(Change(c))
	if err != nil {
		return err
	}
	return s.send("event: change\ndata: " + string(data) + "\n\n")
}

func (s *eventStream) may(ctx context.Context, object control.Change) bool {
	var err error
	if object.Device != 0 {
		_, err = s.api.control.Device(ctx, s.caller.Actor, object.Device)
	} else {
		_, err = s.api.control.Update(ctx, s.caller.Actor, object.Update)
	}
	return err == nil
}

func (s *eventStream) send(text string) error {
	if _, err := io.WriteString(s.w, text); err != nil {
		return err
	}
	return s.conn.Flush()
}
