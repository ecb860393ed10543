package fleet

import "strconv"

// The ids are given by the store, grow with time, and are never used again.
// 0 is no id.
type (
	// DeviceID and the others number their kind.
	DeviceID    int64
	UnitID      int64
	FileID      int64
	ReleaseID   int64
	UpdateID    int64
	ExecutionID int64
	UserID      int64
	TokenID     int64
	GroupID     int64
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
