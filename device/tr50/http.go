package tr50

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// Routes adds TR50 over HTTP: requests at POST /api, files at /file/<id>
// (TR50 1.6 and 1.9).
func (h *Handler) Routes(mux *http.ServeMux) {
	mux.HandleFunc("POST /api", h.api)
	mux.HandleFunc("GET /file/{id}", h.download)
	mux.HandleFunc("POST /file/{id}", h.upload)
}

// api answers a request. The status is always 200 and the body always JSON;
// the Content-Type of the request means nothing (TR50 1.6).
func (h *Handler) api(w http.ResponseWriter, r *http.Request) {
	reply := h.serve(r.Context(), http.MaxBytesReader(w, r.Body, maxMessage), r.Header.Get("sessionId"))
	body := h.encode(reply)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // a client that is gone needs no reply
}

func (h *Handler) serve(ctx context.Context, body io.Reader, sessionID string) wire.Reply {
	payload, err := io.ReadAll(body)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return wire.Refuse(wire.CodeLimit, "the request has more than 1 MiB")
	case err != nil:
		return wire.Refuse(wire.CodeBadRequest, "the request broke off")
	}
	request, failure := parseRequest(wire.Topic{}, payload)
	if failure != nil {
		return wire.Reply{Failure: failure}
	}
	if waits(request) {
		if !h.acquireWait() {
			return wire.Refuse(wire.CodeUnavailable, "too many requests wait for devices; try again later")
		}
		defer h.releaseWait()
	}
	s, auth, failure := h.authenticate(ctx, request.Auth, sessionID)
	if failure != nil {
		return refuseAll(request, failure)
	}
	if !s.user() && !h.pace.admit(s.device, h.now()) {
		return refuseAll(request, &wire.Error{Code: wire.CodeLimit, Message: "the device sends too many requests; try again in a second"})
	}
	return h.execute(ctx, s, auth, request.Commands)
}

// execute runs the commands of a session over HTTP. Nothing is pushed there:
// what waits is offered before the reply, so that the next check finds it.
func (h *Handler) execute(ctx context.Context, s *session, auth *wire.Answer, list []wire.Command) wire.Reply {
	reply := wire.Reply{Auth: auth}
	if len(list) == 0 {
		return reply
	}
	work := context.WithoutCancel(ctx)
	m, failure := h.begin(work, ctx, s)
	if failure != nil {
		return wire.Reply{Failure: failure}
	}
	reply.Answers = m.run(work, list)
	m.offer(work)
	return reply
}

// authenticate finds the session of a request: by the auth block, which may
// open one, or by the header. The answer is that of api.authenticate.
func (h *Handler) authenticate(ctx context.Context, auth *wire.Auth, sessionID string) (*session, *wire.Answer, *wire.Error) {
	if auth != nil && auth.Command != "" {
		return h.open(ctx, auth)
	}
	if auth != nil && auth.SessionID != "" {
		sessionID = auth.SessionID
	}
	if sessionID == "" {
		return nil, nil, &wire.Error{Code: wire.CodeNotAuthenticated, Message: "the request has neither an auth block nor a sessionId"}
	}
	if s, ok := h.sessions.use(sessionID); ok {
		_, err := h.control.Resume(ctx, s.device, s.proof)
		if fleet.CodeOf(err) == fleet.Denied {
			return nil, nil, &wire.Error{Code: wire.CodeNotAuthenticated, Message: fleet.Sentence(err)}
		}
		if err != nil {
			return nil, nil, h.failure(err, wire.CommandAuthenticate, s)
		}
		return s, nil, nil
	}
	// A user's session is control's own; begin asks for it.
	return &session{id: newID(), token: sessionID}, nil, nil
}

// open runs api.authenticate.
func (h *Handler) open(ctx context.Context, auth *wire.Auth) (*session, *wire.Answer, *wire.Error) {
	if auth.Command != wire.CommandAuthenticate {
		return nil, nil, &wire.Error{Code: wire.CodeUnknownCommand, Message: "Unknown command " + clip(auth.Command, 100)}
	}
	var in wire.Authenticate
	if err := wire.Decode(auth.Params, &in); err != nil {
		return nil, nil, &wire.Error{Code: wire.CodeBadParameter, Message: err.Error()}
	}
	s, id, err := h.login(ctx, in)
	if err != nil {
		failure := h.failure(err, wire.CommandAuthenticate, &session{key: in.ThingKey})
		if fleet.CodeOf(err) == fleet.Denied {
			failure.Code = wire.CodeNotAuthenticated
		}
		return nil, nil, failure
	}
	answer, err := wire.OK("auth", wire.Authenticated{SessionID: id, OrgKey: organisation})
	if err != nil {
		return nil, nil, h.failure(err, wire.CommandAuthenticate, s)
	}
	return s, &answer, nil
}

func (h *Handler) login(ctx context.Context, in wire.Authenticate) (s *session, id string, err error) {
	switch {
	case in.ThingKey != "":
		if s, err = h.admit(ctx, in.ThingKey, in.AppToken, in.AppID); err != nil {
			return nil, "", err
		}
		// Two ids: the one in the mailbox rows is no credential.
		id = newID()
		h.sessions.put(id, s.device, s)
		return s, id, nil
	case in.Username != "":
		s, err = h.signIn(ctx, in.Username, in.Password)
		if err != nil {
			return nil, "", err
		}
		return s, s.token, nil
	}
	return nil, "", fleet.Errorf(fleet.Denied, "api.authenticate needs thingKey, appToken and appId, or username and password")
}

// refuseAll refuses a request: at its root, and each part of one that tried to
// authenticate, so that a client finds it wherever it looks.
func refuseAll(r wire.Request, failure *wire.Error) wire.Reply {
	if r.Auth == nil || r.Auth.Command == "" {
		return wire.Reply{Failure: failure}
	}
	refused := wire.Fail("auth", failure.Code, failure.Message)
	reply := wire.Reply{Auth: &refused}
	for _, c := range r.Commands {
		reply.Answers = append(reply.Answers, wire.Fail(c.ID, failure.Code, failure.Message))
	}
	return reply
}
