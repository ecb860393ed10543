package fleet

import "time"

// File is what was uploaded. It is immutable: the same name uploaded again is
// another file, and the newest of a name is the one that a device asks for.
type File struct {
	ID        FileID
	UnitID    UnitID
	DeviceID  DeviceID // the device that owns it; 0 for a file of the organisation
	Name      string
	Size      int64
	SHA256    string // hex
	CRC32     uint32 // IEEE, as TR50 tells it
	CreatedBy string
	CreatedAt time.Time
}

// MaxFileName bounds a file name in bytes.
const MaxFileName = 255
