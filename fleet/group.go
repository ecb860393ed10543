package fleet

import "time"

// Group is named devices inside one unit.
type Group struct {
	ID          GroupID
	UnitID      UnitID
	Name        string // unique in its unit
	Description string
	CreatedBy   string
	CreatedAt   time.Time
	Members     int // how many devices, filled when read
}

// Bounds of groups. The default limit of the first source is 100 groups a
// customer (kerlink-scout A1).
const (
	MaxGroupName    = 100
	MaxGroups       = 100 // in one unit
	MaxGroupMembers = 100_000
)
