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
const maxProblem = 64 << 10

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
