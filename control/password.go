package control

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/sluicehq/sluice/fleet"
)

// argon2id at OWASP's setting of 19 MiB and two passes.
const (
	argonTime    = 2
	argonMemory  = 19 * 1024 // KiB
	argonThreads = 1
	argonLength  = 32
)

// Bounds of a password in bytes; ASVS 6.2 asks for no rule of composition.
const (
	minPassword = 12
	maxPassword = 1024
)

// How many passwords are hashed at once, and how many wait for that, on a whole
// server: a flood of log-ins takes so much memory, and no more.
const (
	maxHashing  = 4
	maxWaitHash = 32
)

// hasher hashes passwords.
type hasher struct {
	running chan struct{} // holds one for each that is hashed
	inside  chan struct{} // and one for each that is hashed or waits
}

func newHasher() *hasher {
	return &hasher{running: make(chan struct{}, maxHashing), inside: make(chan struct{}, maxHashing+maxWaitHash)}
}

// enter waits for a turn, until the context ends. With too many waiting it is
// a fleet.Unavailable error at once. Whoever entered calls leave.
func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.inside <- struct{}{}:
	default:
		return nil, &fleet.Error{Code: fleet.Unavailable, Msg: "cannot check the password: too many sign in at once; try again in a few seconds", After: 5 * time.Second}
	}
	select {
	case h.running <- struct{}{}:
		return func() { <-h.running; <-h.inside }, nil
	case <-ctx.Done():
		<-h.inside
		return nil, ctx.Err()
	}
}

// hash returns the encoded argon2id hash of a password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if len(password) < minPassword || len(password) > maxPassword {
		return "", fleet.Errorf(fleet.Invalid, "a password has %d to %d characters", minPassword, maxPassword)
	}
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // crypto/rand.Read never fails
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		b64.EncodeToString(salt), b64.EncodeToString(argon(password, salt))), nil
}

// matches compares in constant time. A hash that cannot be read matches
// nothing, at the same cost as one that can.
func (h *hasher) matches(ctx context.Context, encoded, password string) (bool, error) {
	if len(password) > maxPassword {
		return false, nil
	}
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	salt, want := make([]byte, 16), make([]byte, argonLength)
	parts := strings.Split(encoded, "$")
	known := len(parts) == 6
	if known {
		s, err1 := base64.RawStdEncoding.DecodeString(parts[4])
		w, err2 := base64.RawStdEncoding.DecodeString(parts[5])
		if known = err1 == nil && err2 == nil; known {
			salt, want = s, w
		}
	}
	return subtle.ConstantTimeCompare(argon(password, salt), want) == 1 && known, nil
}

func argon(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonLength)
}
