package fleet

import (
	"slices"
	"time"
)

// Update is one command given by an operator. Its status is derived from its
// executions, see UpdateStatusOf.
type Update struct {
	ID        UpdateID
	UnitID    UnitID
	Type      UpdateType
	Form      Form
	Title     string
	ReleaseID ReleaseID
	Release   Release // filled when read
	Audience  Audience
	GroupID   GroupID   // of a command given to a group; 0 otherwise
	Content   string    // what was typed: the JetPorch script, or the Magic Link's first characters
	Retries   int       // how often a failed execution is tried again
	ExpiresAt time.Time // zero: never
	CreatedBy string
	CreatedAt time.Time
	Counts    Counts
	StatusAt  time.Time   // when the sending got its status, or would have: the last that was given, sent or taken back
	LinkID    MagicLinkID // the Magic Link that it was given with; 0 otherwise

	// Check runs it in check mode: the devices say what it would change, and
	// change nothing. CheckID is the check whose content, on the devices where
	// that succeeded, this update applies; 0 otherwise. It has the check's
	// audience, and executions on those devices only.
	Check     bool
	CheckID   UpdateID
	Variables map[string]string // given for those that the release declares; nil for none
}

// Status is the derived status of the update.
func (u Update) Status() UpdateStatus { return UpdateStatusOf(u.Counts) }

// UpdateType says what an update sends.
type UpdateType string

// The types of updates.
const (
	Predefined      UpdateType = "predefined"
	MagicLinkUpdate UpdateType = "magic_link"
	JetPorch        UpdateType = "jetporch"
	SUP             UpdateType = "sup"
	Image           UpdateType = "image"
	Delivery        UpdateType = "delivery"
	Method          UpdateType = "method"
)

// UpdateTypes lists every type, for schemas.
var UpdateTypes = []UpdateType{Predefined, MagicLinkUpdate, JetPorch, SUP, Image, Delivery, Method}

// Form says how an update is given.
type Form string

// The forms.
const (
	Command  Form = "command"  // starts as given
	Campaign Form = "campaign" // edited before it starts; waves, gates, pause
)

// Audience says whom an update is for. Exactly one field is set.
type Audience struct {
	Devices  []string `json:"devices,omitempty"`   // device keys
	GroupID  GroupID  `json:"group_id,omitempty"`  // the members of a group, as they are when the command is given
	UnitID   UnitID   `json:"unit_id,omitempty"`   // the devices of a unit and below it
	UnitOnly bool     `json:"unit_only,omitempty"` // with UnitID: not those below it
	All      bool     `json:"all,omitempty"`       // every device that the actor may update
}

// Equal tells whether the two are the same, the order of the devices included.
func (a Audience) Equal(b Audience) bool {
	return slices.Equal(a.Devices, b.Devices) && a.GroupID == b.GroupID && a.UnitID == b.UnitID && a.UnitOnly == b.UnitOnly && a.All == b.All
}

// MaxAudience bounds how many devices one update goes to.
const MaxAudience = 100_000

// MaxScript bounds a JetPorch script in bytes.
const MaxScript = 256 << 10
