package sup

import (
	"encoding/json"
	"fmt"

	"github.com/sluicehq/sluice/compat"
	"github.com/sluicehq/sluice/variable"
)

// Format is the only value of Manifest.Format that this version reads.
const Format = "sluice-sup/1"

// Manifest says everything about a package: what it is, which devices it is
// for, what is in it and what is done with it. It is the signed part; a
// package holds exactly the members that it lists.
type Manifest struct {
	Format      string `json:"format"`
	Name        string `json:"name"`                  // letters, digits, . _ -, at most 100 bytes
	Version     string `json:"version"`               // ordered as compat.Compare orders, at most 100 bytes
	Description string `json:"description,omitempty"` // text, at most 4096 bytes

	// ReleaseCounter counts the releases of the same name from 1. A device
	// refuses a counter lower than the highest that it has installed.
	ReleaseCounter uint64 `json:"release_counter"`

	Compatibility compat.Requirement `json:"compatibility"`

	// TimeoutSeconds bounds the whole run, reboots left out; 0 means an hour.
	TimeoutSeconds int `json:"timeout_seconds,omitempty"`

	// Variables may be given by the operator, only with a playbook.apply: they
	// reach every playbook of the package.
	Variables []variable.Variable `json:"variables,omitempty"`

	Actions []Action `json:"actions"` // run in sequence
	Members []Member `json:"members"` // in the order of the archive, ascending by path
}

// Member is one file inside the package.
type Member struct {
	Path   string `json:"path"` // relative, slash separated, local
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
}

// Action is one step of a package.
type Action struct {
	// Type names the action in the library, "file.install" for example.
	Type string `json:"type"`
	// Params are the parameters of that type, decoded by DecodeParams.
	Params json.RawMessage `json:"params,omitempty"`
	// OnFailure says what a failure of this action means for the rest.
	OnFailure OnFailure `json:"on_failure,omitempty"`
	// TimeoutSeconds bounds this action; 0 means ten minutes.
	TimeoutSeconds int `json:"timeout_seconds,omitempty"`
}

// OnFailure is what happens when an action fails.
type OnFailure string

// The empty OnFailure means Stop.
const (
	Stop     OnFailure = "stop"     // end here, keep what was done
	Continue OnFailure = "continue" // note it and go on
	Rollback OnFailure = "rollback" // undo what was done, last action first, and end
)

// ActionPlaybookApply is the type of the action that applies a playbook.
const ActionPlaybookApply = "playbook.apply"

// ApplyPlaybook is the action that applies a member with the engine auto.
func ApplyPlaybook(source string) Action {
	params, err := json.Marshal(PlaybookApply{Source: source})
	if err != nil {
		panic(err) // two texts
	}
	return Action{Type: ActionPlaybookApply, Params: params}
}

// Checkable is nil when every action can be run in check mode, which changes
// nothing, and else the sentence that names the first that cannot.
func (m *Manifest) Checkable() error {
	for i, a := range m.Actions {
		if a.Type != ActionPlaybookApply {
			return fmt.Errorf("cannot check the package first: action %d is %s, and only %s can say what it would change", i+1, printable(a.Type), ActionPlaybookApply)
		}
	}
	return nil
}
