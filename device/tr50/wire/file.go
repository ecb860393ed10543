package wire

import (
	"hash"
	"hash/crc32"
)

// FileGet is file.get. Global means the files of the organisation, not those of
// the thing.
type FileGet struct {
	Thing
	FileName string `json:"fileName"`
	Global   Flag   `json:"global"`
}

// FileTicket is the result of file.get: the id is the only credential of
// GET /file/<id> (TR50 1.9).
type FileTicket struct {
	FileID   string    `json:"fileId"`
	FileSize int64     `json:"fileSize"`
	CRC32    *Checksum `json:"crc32,omitempty"` // absent: the client does not check
}

// FilePut is file.put.
type FilePut struct {
	Thing
	FileName string    `json:"fileName"`
	Global   Flag      `json:"global"`
	Public   Flag      `json:"public"`
	CRC32    *Checksum `json:"crc32,omitempty"`
	// TTL is after how many seconds a partial upload is dropped; nil means the server's.
	TTL             *Number  `json:"ttl,omitempty"`
	Tags            []string `json:"tags,omitempty"`
	SecTags         []string `json:"secTags,omitempty"`
	LogComplete     Flag     `json:"logComplete,omitempty"`
	CalculateSHA256 Flag     `json:"calculateSha256,omitempty"`
}

// FileID is the result of file.put.
type FileID struct {
	FileID string `json:"fileId"`
}

// FileList is file.list; its result is a Result of FileInfo.
type FileList struct {
	Thing
	Global Flag `json:"global,omitempty"`
}

// FileName is file.info and file.delete.
type FileName struct {
	Thing
	ID       string `json:"id,omitempty"`
	FileName string `json:"fileName,omitempty"`
	Global   Flag   `json:"global,omitempty"`
}

// FileInfo is the result of file.info and an element of file.list.
type FileInfo struct {
	ID         string    `json:"id"`
	FileName   string    `json:"fileName"`
	UploadDate Time      `json:"uploadDate"`
	Length     int64     `json:"length"`
	Public     bool      `json:"public"`
	Private    bool      `json:"private"`
	Tags       []string  `json:"tags,omitempty"`
	SHA256     string    `json:"sha256,omitempty"`
	CRC32      *Checksum `json:"crc32,omitempty"`
	OrgKey     string    `json:"orgKey,omitempty"`
	ThingKey   string    `json:"thingKey,omitempty"`
}

// NewCRC32 is the checksum of TR50 1.9; its Sum32 converts to a Checksum.
func NewCRC32() hash.Hash32 { return crc32.NewIEEE() }

// CRC32 is the checksum of data.
func CRC32(data []byte) Checksum { return Checksum(crc32.ChecksumIEEE(data)) }
