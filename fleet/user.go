package fleet

import "time"

// User is a person who signs in.
type User struct {
	ID           UserID
	Name         string // an e-mail address, or "admin"
	PasswordHash string // argon2id, encoded
	// MustChange makes the user choose a password of their own before
	// anything else.
	MustChange bool
	DisabledAt time.Time // zero while the user may sign in
	CreatedAt  time.Time
}

// MaxUserName bounds a user's name in bytes.
const MaxUserName = 200

// Session is a signed-in browser or an API token of a user; the secret is
// stored as a SHA-256.
type Session struct {
	Hash      []byte
	UserID    UserID
	Name      string   // of an API token; "" for a browser
	Actions   []Action // what an API token is limited to; nil for all that the user may
	CreatedAt time.Time
	ExpiresAt time.Time
}
