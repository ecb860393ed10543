package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/httpx"
)

// statuses is the one table of code to HTTP status. A request without a
// valid token is denied with 401 instead, see guard.
var statuses = map[fleet.Code]int{
	fleet.NotFound:    http.StatusNotFound,
	fleet.Conflict:    http.StatusConflict,
	fleet.Unconfirmed: http.StatusConflict,
	fleet.Invalid:     http.StatusUnprocessableEntity,
	fleet.Denied:      http.StatusForbidden,
	fleet.Unavailable: http.StatusServiceUnavailable,
	fleet.Internal:    http.StatusInternalServerError,
}

// codeOf is the code for a status that the HTTP layer gave by itself.
func codeOf(status int) fleet.Code {
	for code, s := range statuses {
		if s == status && code != fleet.Unconfirmed { // which only control says
			return code
		}
	}
	switch {
	case status == http.StatusUnauthorized:
		return fleet.Denied
	case status < http.StatusInternalServerError:
		return fleet.Invalid
	}
	return fleet.Internal
}

// problem is every error that the API answers (RFC 9457).
type problem struct {
	Title     string          `json:"title" doc:"The HTTP status in words"`
	Status    int             `json:"status"`
	Code      fleet.Code      `json:"code" enum:"not_found,conflict,unconfirmed,invalid,denied,unavailable,internal" doc:"What the caller can do about it; stable"`
	Detail    string          `json:"detail" doc:"A sentence for a person"`
	Findings  []ScriptFinding `json:"findings,omitempty" nullable:"false" doc:"Of a script or bundle that was refused, or that has to be confirmed"`
	after     time.Duration
	RequestID string `json:"request_id,omitempty" doc:"Under which the server's log has the request"`
}

func (p *problem) Error() string             { return p.Detail }
func (p *problem) GetStatus() int            { return p.Status }
func (p *problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError.
func (p *problem) GetHeaders() http.Header {
	h := http.Header{}
	httpx.RetryAfter(h, p.after)
	return h
}

func newProblem(status int, detail string) *problem {
	return &problem{Title: http.StatusText(status), Status: status, Code: codeOf(status), Detail: detail}
}

// Huma has no other way to be given an error type than these variables.
func init() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return newProblem(status, sentence(status, msg, errs))
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		p := newProblem(status, sentence(status, msg, errs))
		p.RequestID = httpx.RequestID(ctx.Context())
		return p
	}
}

// maxReasons is how many faults of one request are told.
const maxReasons = 5

// sentence says what is wrong with a request. The value at fault is not
// repeated: it may be a password.
func sentence(status int, msg string, errs []error) string {
	if status >= http.StatusInternalServerError {
		return fleet.Sentence(nil)
	}
	var reasons []string
	for _, err := range errs[:min(len(errs), maxReasons)] {
		var d *huma.ErrorDetail
		if errors.As(err, &d) {
			reasons = append(reasons, strings.TrimPrefix(d.Location+": "+d.Message, ": "))
		} else if err != nil {
			reasons = append(reasons, err.Error())
		}
	}
	if len(reasons) == 0 {
		return "cannot take the request: " + msg
	}
	return "cannot take the request: " + strings.Join(reasons, "; ")
}

// problem turns an error into the answer. What is no error of ours is logged
// here, once, and told as "internal error" with the id of its request.
func (a *API) problem(ctx context.Context, err error) *problem {
	var done *problem
	if errors.As(err, &done) {
		return done
	}
	code := fleet.CodeOf(err)
	if code == fleet.Internal && ctx.Err() != nil { // the client went away, and its work with it
		code, err = fleet.Unavailable, fleet.Errorf(fleet.Unavailable, "the request ended before its answer")
	}
	p := newProblem(statuses[code], fleet.Sentence(err))
	p.Code, p.after, p.Findings = code, fleet.AfterOf(err), findingsOf(control.Findings(err))
	p.RequestID = httpx.RequestID(ctx)
	if code == fleet.Internal {
		a.log.Error("request failed", "request_id", p.RequestID, "error", err)
	}
	return p
}

func writeProblem(w http.ResponseWriter, p *problem) {
	w.Header().Set("Content-Type", p.ContentType(""))
	w.Header().Set("Cache-Control", "no-store")
	httpx.RetryAfter(w.Header(), p.after)
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // a client that went away
}
