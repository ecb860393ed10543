package httpx

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"
)

// RequestIDHeader tells the client under which id its request is in the log.
const RequestIDHeader = "X-Request-Id"

type requestIDKey struct{}

// RequestID is the id of the request that ctx belongs to, "" outside of Wrap.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// Wrap gives each request an id, bounds how long its body may stand still,
// logs it when it is done, and answers 500 where next panics. The log has the pattern of the mux that served it, not
// the path, which may hold a ticket.
func Wrap(next http.Handler, log *slog.Logger, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()
		ctx := context.WithValue(r.Context(), requestIDKey{}, id)
		r = r.WithContext(ctx)
		w.Header().Set(RequestIDHeader, id)
		rec := &recorder{ResponseWriter: w}
		r.Body = patientBody(w, r)
		start := now()
		defer func() {
			cause := recover()
			if cause != nil && rec.lost {
				cause = http.ErrAbortHandler // whoever panics over a client that went away is not broken
			}
			if cause != nil && !aborted(cause) {
				log.Error("internal error: a handler panicked", "request_id", id, "cause", cause, "stack", string(debug.Stack()))
				answerPanic(rec, id)
			}
			log.Log(ctx, levelOf(rec.Status()), "request", "request_id", id, "method", r.Method, "route", r.Pattern, "status", rec.Status(),
				"bytes", rec.bytes, "duration", now().Sub(start), "remote", r.RemoteAddr)
			if aborted(cause) || cause != nil && rec.begun {
				panic(http.ErrAbortHandler) // the answer is cut off, so that nobody takes it for whole
			}
		}()
		next.ServeHTTP(rec, r)
	})
}

// levelOf keeps what went well out of the log, unless somebody debugs.
func levelOf(status int) slog.Level {
	if status >= http.StatusInternalServerError {
		return slog.LevelError
	}
	return slog.LevelDebug
}

// answerPanic says that something broke, where the answer has not begun.
func answerPanic(rec *recorder, id string) {
	if rec.status != 0 {
		rec.begun = true
		return
	}
	rec.Header().Set("Content-Type", "application/problem+json")
	rec.WriteHeader(http.StatusInternalServerError)
	_ = json.NewEncoder(rec).Encode(map[string]any{"title": "Internal Server Error", "status": http.StatusInternalServerError,
		"code": "internal", "detail": "internal error", "request_id": id})
}

// aborted tells whether a handler gave up on its client, as net/http lets it.
func aborted(cause any) bool {
	err, ok := cause.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}
