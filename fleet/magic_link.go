package fleet

import "time"

// MagicLink is an unguessable hash that names one release and the devices
// declared for it. The hash is shown once and stored as a SHA-256.
type MagicLink struct {
	ID        MagicLinkID
	UnitID    UnitID
	ReleaseID ReleaseID
	Release   Release // filled when read
	Note      string
	Devices   int // how many are declared, filled when read
	CreatedBy string
	CreatedAt time.Time
	RevokedAt time.Time // zero while it is good
}

// MaxDeclared bounds the devices declared in one Magic Link.
const MaxDeclared = 10_000
