package sup

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// The first word of a key's text. PEM with PKCS#8 is not used because
// crypto/x509 reaches package net (docs/decisions/0002).
const (
	publicPrefix  = "sluice-ed25519"
	privatePrefix = "sluice-ed25519-private"
)

// GenerateKey makes a new signing key.
func GenerateKey() (ed25519.PrivateKey, error) {
	_, priv, err := ed25519.GenerateKey(rand.Reader)
	return priv, err
}

// Fingerprint names a public key: "SHA256:" and the unpadded base64 of the
// SHA-256 of its 32 bytes. It is the key id of the key's signatures.
func Fingerprint(pub ed25519.PublicKey) string {
	sum := sha256.Sum256(pub)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

// MarshalPublicKey writes a public key as one line. The comment, which may be
// empty, is for people.
func MarshalPublicKey(pub ed25519.PublicKey, comment string) []byte {
	return marshalKey(publicPrefix, pub, comment)
}

// MarshalPrivateKey writes a private key as one line. The text is the secret
// itself: keep it in a file of mode 0600.
func MarshalPrivateKey(priv ed25519.PrivateKey) []byte {
	return marshalKey(privatePrefix, priv.Seed(), "")
}

// ParsePublicKey reads the text that MarshalPublicKey writes.
func ParsePublicKey(text []byte) (ed25519.PublicKey, error) {
	raw, err := parseKey(publicPrefix, text)
	if err != nil {
		return nil, fmt.Errorf("cannot read public key: %w", err)
	}
	return raw, nil
}

// ParsePrivateKey reads the text that MarshalPrivateKey writes.
func ParsePrivateKey(text []byte) (ed25519.PrivateKey, error) {
	raw, err := parseKey(privatePrefix, text)
	if err != nil {
		return nil, fmt.Errorf("cannot read private key: %w", err)
	}
	return ed25519.NewKeyFromSeed(raw), nil
}

func marshalKey(prefix string, raw []byte, comment string) []byte {
	line := prefix + " " + base64.StdEncoding.EncodeToString(raw)
	if comment = strings.Join(strings.Fields(comment), " "); comment != "" {
		line += " " + comment
	}
	return []byte(line + "\n")
}

// parseKey returns the 32 bytes of a key. No error repeats the text: it may
// be a secret.
func parseKey(prefix string, text []byte) ([]byte, error) {
	if len(text) > maxKeyFile {
		return nil, fmt.Errorf("the text is longer than %d bytes", maxKeyFile)
	}
	line := strings.TrimSpace(string(text))
	if strings.ContainsAny(line, "\r\n") {
		return nil, errors.New("it has more than one line; give one key")
	}
	f := strings.Fields(line)
	if len(f) < 2 || f[0] != prefix {
		return nil, fmt.Errorf("the text does not begin with %q and a key", prefix)
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(f[1])
	if err != nil || len(raw) != 32 {
		return nil, errors.New("the second word is not the base64 of 32 bytes")
	}
	return raw, nil
}
