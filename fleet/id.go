package fleet

import "strconv"

// Ids are given by the store, grow with time, and are never used again.
// 0 is no id.

type (
	// DeviceID numbers devices.
	DeviceID int64
	// UnitID numbers units.
	UnitID int64
	// FileID numbers files.
	FileID int64
	// ReleaseID numbers releases.
	ReleaseID int64
	// UpdateID numbers updates.
	UpdateID int64
	// ExecutionID numbers executions.
	ExecutionID int64
	// UserID numbers users.
	UserID int64
	// TokenID numbers enrolment tokens.
	TokenID int64
	// GroupID numbers groups.
	GroupID int64
	// MagicLinkID numbers Magic Links.
	MagicLinkID int64
)

// Root is the id of the one root unit, the service.
const Root UnitID = 1

func (id DeviceID) String() string    { return strconv.FormatInt(int64(id), 10) }
func (id UnitID) String() string      { return strconv.FormatInt(int64(id), 10) }
func (id FileID) String() string      { return strconv.FormatInt(int64(id), 10) }
func (id ReleaseID) String() string   { return strconv.FormatInt(int64(id), 10) }
func (id UpdateID) String() string    { return strconv.FormatInt(int64(id), 10) }
func (id ExecutionID) String() string { return strconv.FormatInt(int64(id), 10) }
func (id UserID) String() string      { return strconv.FormatInt(int64(id), 10) }
func (id TokenID) String() string     { return strconv.FormatInt(int64(id), 10) }
func (id GroupID) String() string     { return strconv.FormatInt(int64(id), 10) }
func (id MagicLinkID) String() string { return strconv.FormatInt(int64(id), 10) }
