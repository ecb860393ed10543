package sup

import (
	"errors"
	"fmt"
	"io"
)

// Error says why a package was refused. Errors of another type mean that the
// package could not be read or written, not that it is bad.
type Error struct {
	Member string // the member that is at fault, empty for the package as a whole
	Reason string
}

// Error returns the refusal as a sentence.
func (e *Error) Error() string {
	if e.Member == "" {
		return "package refused: " + e.Reason
	}
	return fmt.Sprintf("package refused: member %s: %s", printable(e.Member), e.Reason)
}

func refuse(format string, args ...any) error {
	return &Error{Reason: fmt.Sprintf(format, args...)}
}

func refuseMember(member, format string, args ...any) error {
	return &Error{Member: member, Reason: fmt.Sprintf(format, args...)}
}

// readError turns the end of the input into a refusal and leaves the failures
// of the reader what they are.
func readError(member string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return refuseMember(member, "the package ends in the middle of it")
	}
	return fmt.Errorf("cannot read package: %w", err)
}

// maxPrinted bounds what a message repeats of a text from outside, in bytes.
const maxPrinted = 300

// printable quotes a text from outside that holds anything but plain ASCII,
// and cuts one that is too long for a message.
func printable(s string) string {
	if len(s) > maxPrinted {
		return printable(s[:maxPrinted]) + "…"
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return fmt.Sprintf("%+q", s)
		}
	}
	return s
}
