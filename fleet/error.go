package fleet

import (
	"errors"
	"fmt"
	"time"
)

// Code classes an error by what the caller can do about it. Each edge maps
// the codes to its own words once: HTTP status, exit code, TR50 error code.
type Code string

// The codes.
const (
	NotFound    Code = "not_found"   // the thing named does not exist, or not for this caller
	Conflict    Code = "conflict"    // the thing is not in the state that the request needs
	Unconfirmed Code = "unconfirmed" // the request is right, and has to be confirmed first
	Invalid     Code = "invalid"     // the request itself is wrong
	Denied      Code = "denied"      // no right
	Unavailable Code = "unavailable" // try again later
	Internal    Code = "internal"    // a defect or a broken disk; the cause is for the log
)

// Error is an error with a sentence for the person who reads it.
type Error struct {
	Code Code
	Msg  string
	Err  error // the cause, for the log; may be nil

	After time.Duration // of Unavailable: in how long another try may do; 0 where nobody knows
}

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Msg
	}
	return e.Msg + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error whose message is the formatted text.
func Errorf(code Code, format string, args ...any) error {
	return &Error{Code: code, Msg: fmt.Sprintf(format, args...)}
}

// AfterOf returns in how long another try may do, 0 where the error does not
// say.
func AfterOf(err error) time.Duration {
	var e *Error
	if errors.As(err, &e) {
		return e.After
	}
	return 0
}

// CodeOf returns the code of the first Error in the chain, "" for a nil
// error and Internal for every error that is none of ours.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// Sentence returns what may be shown to a person: the message of an Error,
// and only "internal error" for anything else, whose text belongs in the log.
func Sentence(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Code != Internal {
		return e.Msg
	}
	return "internal error"
}
