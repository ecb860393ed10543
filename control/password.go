package control

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

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

// hashing bounds how many passwords are hashed at once, and so the memory
// that a flood of log-ins can take.
var hashing = make(chan struct{}, 4)

// hashPassword returns the encoded argon2id hash of a password.
func hashPassword(password string) (string, error) {
	if len(password) < minPassword || len(password) > maxPassword {
		return "", fleet.Errorf(fleet.Invalid, "a password has %d to %d characters", minPassword, maxPassword)
	}
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // crypto/rand.Read never fails
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		b64.EncodeToString(salt), b64.EncodeToString(argon(password, salt))), nil
}

// passwordMatches compares in constant time. A hash that cannot be read
// matches nothing, at the same cost as one that can.
func passwordMatches(encoded, password string) bool {
	if len(password) > maxPassword {
		return false
	}
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
	return subtle.ConstantTimeCompare(argon(password, salt), want) == 1 && known
}

func argon(password string, salt []byte) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonLength)
}
