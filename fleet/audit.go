package fleet

import "time"

// AuditEntry is one line of the audit log.
type AuditEntry struct {
	ID     int64
	At     time.Time
	Actor  string // a user name, "device KEY", or "server"
	UnitID UnitID
	Action string // "update.create", "device.accept" …
	Object string // "device 7076FF…", "update 12" …
	Detail string

	// Seal is the entry's place in the chain and Hash the SHA-256, in hex, over
	// the hash before it and the entry. Both are set by Control.Seal, soon
	// after the entry was written; 0 and "" before.
	Seal int64
	Hash string
}

// LogEntry is a line that a device published (TR50 log.publish) or that the
// server noted on it. Audit lines of a package run are among them.
type LogEntry struct {
	ID       int64
	DeviceID DeviceID
	At       time.Time
	Level    LogLevel
	Text     string
}

// LogLevel is TR50's level of a log line.
type LogLevel int

// The levels (TR50 1.8, log.publish).
const (
	LogError   LogLevel = 0
	LogWarning LogLevel = 1
	LogInfo    LogLevel = 2
)
