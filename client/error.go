package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Code says what the caller can do about an error.
type Code string

// The codes.
const (
	NotFound    Code = "not_found"
	Conflict    Code = "conflict"
	Unconfirmed Code = "unconfirmed" // give it again, accepting the warnings
	Invalid     Code = "invalid"
	Denied      Code = "denied"
	Unavailable Code = "unavailable"
	Internal    Code = "internal"
)

// Error is what the server answered instead of doing what was asked.
type Error struct {
	Code      Code   `json:"code"`
	Status    int    `json:"status"` // HTTP
	Detail    string `json:"detail"` // a sentence
	RequestID string `json:"request_id"`

	Findings []Finding `json:"findings"` // of a script or bundle that was refused, or has to be confirmed
}

// Finding is one thing that is wrong, or suspicious, in a script or bundle.
type Finding struct {
	File     string `json:"file"`
	Line     int    `json:"line"`   // from 1; 0 where there is no such place
	Column   int    `json:"column"` // from 1, in characters
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Sentence string `json:"sentence"`
	Mend     string `json:"mend,omitempty"` // what to write instead
}

func (e *Error) Error() string {
	if e.Code == Internal && e.RequestID != "" {
		return e.Detail + " (request " + e.RequestID + " in the server's log)"
	}
	return e.Detail
}

// CodeOf is the code of the server's answer, "" where err is none.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// maxProblem bounds an error's body in bytes.
const maxProblem = 1 << 20

// errorOf reads an answer that is an error. One that is not from Sluice, but
// from something on the way to it, is told by its status.
func errorOf(res *http.Response) error {
	e := &Error{}
	text, _ := io.ReadAll(io.LimitReader(res.Body, maxProblem)) // what cannot be read is not JSON
	if json.Unmarshal(text, e) == nil && e.Code != "" && e.Detail != "" {
		return e
	}
	e = &Error{Code: Invalid, Status: res.StatusCode, Detail: fmt.Sprintf("the server answered %s, and not as Sluice does", res.Status)}
	switch {
	case res.StatusCode == http.StatusNotFound:
		e.Code = NotFound
	case res.StatusCode == http.StatusUnauthorized, res.StatusCode == http.StatusForbidden:
		e.Code = Denied
	case res.StatusCode == http.StatusBadGateway, res.StatusCode == http.StatusServiceUnavailable, res.StatusCode == http.StatusGatewayTimeout:
		e.Code = Unavailable
	case res.StatusCode >= http.StatusInternalServerError:
		e.Code = Internal
	}
	return e
}
