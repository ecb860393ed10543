package fleet

import "strings"

// Word is the state as a person reads it: "transfer started".
func (s State) Word() string { return strings.ReplaceAll(string(s), "_", " ") }

// Word is the status as a person reads it.
func (s UpdateStatus) Word() string { return strings.ReplaceAll(string(s), "_", " ") }

// Word is the type as the sources call it.
func (t UpdateType) Word() string {
	switch t {
	case Predefined:
		return "pre-defined software update"
	case MagicLinkUpdate:
		return "Custom Magic Link"
	case JetPorch:
		return "Custom JetPorch script"
	case SUP:
		return "software update package"
	}
	return strings.ReplaceAll(string(t), "_", " ")
}

// verb is the event as part of "cannot … an execution".
func (e Event) verb() string { return strings.ReplaceAll(string(e), "_", " ") }
