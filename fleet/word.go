package fleet

import "strings"

// Word is the state as a person reads it: "transfer started".
func (s State) Word() string { return strings.ReplaceAll(string(s), "_", " ") }

// Word is the status as a person reads it.
func (s UpdateStatus) Word() string { return strings.ReplaceAll(string(s), "_", " ") }

// verb is the event as part of "cannot … an execution".
func (e Event) verb() string { return strings.ReplaceAll(string(e), "_", " ") }
