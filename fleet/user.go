package fleet

import "time"

// User is a person who signs in.
type User struct {
	ID           UserID
	Name         string
	PasswordHash string // argon2id, encoded
	Role         Role
	UnitID       UnitID
	CreatedAt    time.Time
}

// Role is what a user may do inside a unit and below it.
type Role string

// The roles. Until the table of rights, only Administrator exists.
const Administrator Role = "SERVICE_ADMINISTRATOR"

// Session is a signed-in browser or an API token of a user; the secret is
// stored as a SHA-256.
type Session struct {
	Hash      []byte
	UserID    UserID
	Name      string // of an API token; "" for a browser
	CreatedAt time.Time
	ExpiresAt time.Time
}
