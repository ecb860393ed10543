package tr50

import (
	"errors"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// codes maps the codes of the domain to those of the wire. Clients know only
// -90008 by its number (TR50 1.5).
var codes = map[fleet.Code]wire.Code{
	fleet.NotFound:    wire.CodeNotFound,
	fleet.Conflict:    wire.CodeConflict,
	fleet.Unconfirmed: wire.CodeConflict,
	fleet.Invalid:     wire.CodeBadParameter,
	fleet.Denied:      wire.CodeNotAuthorised,
	fleet.Unavailable: wire.CodeUnavailable,
	fleet.Internal:    wire.CodeUnavailable,
}

// failure is what a client is told of an error. A defect of ours is logged
// here, once, and told without its cause.
func (h *Handler) failure(err error, command string, s *session) *wire.Error {
	var own *wire.Error
	if errors.As(err, &own) {
		return own
	}
	code := fleet.CodeOf(err)
	if code == fleet.Internal {
		h.log.Error("command failed", "command", command, "thing_key", s.key, "error", err)
	}
	return &wire.Error{Code: codes[code], Message: fleet.Sentence(err)}
}

// badParams is the failure of a command whose parameters cannot be read.
func badParams(err error) error {
	return &wire.Error{Code: wire.CodeBadParameter, Message: err.Error()}
}

func notFound(message string) error {
	return &wire.Error{Code: wire.CodeNotFound, Message: message}
}

func notAuthorised(message string) error {
	return &wire.Error{Code: wire.CodeNotAuthorised, Message: message}
}
