package fleet

import (
	"time"

	"github.com/sluicehq/sluice/compat"
	"github.com/sluicehq/sluice/variable"
)

// Release is something installable, made from files.
type Release struct {
	ID             ReleaseID
	UnitID         UnitID
	Name           string
	Version        string
	ReleaseCounter uint64
	Format         Format
	Description    string
	FileID         FileID
	File           File // filled when read
	Compatibility  compat.Requirement
	TimeoutSeconds int                 // of one run on a device; 0 means the format's default
	Actions        []string            // what it does, a line each, for people
	KeyFingerprint string              // of the key that signed it
	Variables      []variable.Variable // that may be given with an update
	Typed          bool                // made of a script that an operator typed; not listed among releases
	Predefined     bool                // it stands in the catalogue of pre-defined updates
	CreatedBy      string
	CreatedAt      time.Time
}

// Format says how a release is packed and who installs it.
type Format string

// The formats.
const (
	FormatSUP      Format = "sup"
	FormatImage    Format = "image"
	FormatPlaybook Format = "playbook"
	FormatSWU      Format = "swu"
	FormatRAUCB    Format = "raucb"
	FormatMender   Format = "mender"
	FormatOTAZip   Format = "ota_zip"
)
