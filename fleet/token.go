package fleet

import "time"

// EnrolmentToken lets devices in. The token itself is shown once and stored
// as a SHA-256.
type EnrolmentToken struct {
	ID        TokenID
	Kind      TokenKind
	UnitID    UnitID // where devices that come with it are put
	Note      string
	CreatedBy string
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never
	UsedAt    time.Time // when a one-time token was used; zero before
	DeviceKey string    // the device that used it
}

// TokenKind says what an enrolment token is good for.
type TokenKind string

// The kinds of enrolment tokens.
const (
	// OneTime accepts the first device that comes with it and is that
	// device's password from then on. At least 128 random bits.
	OneTime TokenKind = "one_time"
	// Application is shared by many devices, each of which waits for an
	// operator's word. 16 characters with a capital, a small letter and a
	// digit, as TR50 clients insist (TR50 1.2).
	Application TokenKind = "application"
)

// Credential is what a device showed when it was let in, and must show again.
type Credential struct {
	DeviceID     DeviceID
	PasswordHash []byte // SHA-256 of the token
	AppIDHash    []byte // SHA-256 of the application id; nil until the first connection locks it (TR50 1.2)
}
