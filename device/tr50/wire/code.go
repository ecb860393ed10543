package wire

// Code is an error code of TR50: 0 for success, a negative number for a failure
// of the server, a positive status for one of the device. It is read from a
// number or a numeric string; absent, null and "" are 0 (TR50 1.7).
type Code int

// UnmarshalJSON reads a number or a numeric string.
func (c *Code) UnmarshalJSON(data []byte) error {
	var n Number
	if err := n.UnmarshalJSON(data); err != nil {
		return err
	}
	i, err := n.Int()
	*c = Code(i)
	return err
}

// The codes that clients know. No full list is public (TR50 1.5).
const (
	// CodeNotFound: a file, thing or property does not exist. Clients fall back
	// from the global to the thing's files on this code alone (TR50 1.5).
	CodeNotFound Code = -90008
	// CodeMFARequired: a login needs a second factor (TR50 1.5).
	CodeMFARequired Code = -90041
	// CodeDeviceNotFound is the example of the envelope's documentation (TR50 1.4).
	CodeDeviceNotFound Code = -22
	// CodeUnknownCommand is what libtr50 answers to a command it does not know (TR50 1.5).
	CodeUnknownCommand Code = -18004
	// CodeUnknownMethod is what libtr50 acknowledges an unknown method with (TR50 1.5).
	CodeUnknownMethod Code = -18030
	// CodeFileTransfer is libtr50's failure of an HTTP transfer (TR50 1.5).
	CodeFileTransfer Code = -20008
)

// The codes of our own, in a range of which no public use is known.
const (
	// CodeBadRequest: the message is no request.
	CodeBadRequest Code = -99001
	// CodeBadParameter: a parameter is missing or cannot be read.
	CodeBadParameter Code = -99002
	// CodeNotAuthenticated: no session, or one that is over.
	CodeNotAuthenticated Code = -99003
	// CodeNotAuthorised: the session may not do this.
	CodeNotAuthorised Code = -99004
	// CodeUnavailable: the server cannot do it now; try again.
	CodeUnavailable Code = -99005
	// CodeConflict: what is there already stands in the way.
	CodeConflict Code = -99006
	// CodeTimedOut: the device did not acknowledge in time.
	CodeTimedOut Code = -99007
	// CodeLimit: the request is larger than the server accepts.
	CodeLimit Code = -99008
)

// The status codes of devices, in mailbox.ack (TR50 1.5, constants of the Wind
// River client).
const (
	StatusSuccess        Code = 0
	StatusInvoked        Code = 1
	StatusBadParameter   Code = 2
	StatusBadRequest     Code = 3
	StatusExecutionError Code = 4
	StatusExists         Code = 5
	StatusFileOpenFailed Code = 6
	StatusFull           Code = 7
	StatusIOError        Code = 8
	StatusNoMemory       Code = 9
	StatusNoPermission   Code = 10
	StatusNotExecutable  Code = 11
	StatusNotFound       Code = 12
	StatusNotInitialized Code = 13
	StatusOutOfRange     Code = 14
	StatusParseError     Code = 15
	StatusTimedOut       Code = 16
	StatusTryAgain       Code = 17
	StatusNotSupported   Code = 18
	StatusFailure        Code = 19
)
