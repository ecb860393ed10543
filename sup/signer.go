package sup

import "crypto/ed25519"

// Signer is the port behind which a signing key lives: in a file, on another
// machine, in a token. Sign returns the 64 bytes of an Ed25519 signature.
type Signer interface {
	Sign(payload []byte) (sig []byte, err error)
	PublicKey() ed25519.PublicKey
}

// NewSigner returns a Signer that holds the key in memory.
func NewSigner(priv ed25519.PrivateKey) Signer { return keySigner{priv} }

type keySigner struct{ priv ed25519.PrivateKey }

func (s keySigner) Sign(payload []byte) ([]byte, error) {
	return ed25519.Sign(s.priv, payload), nil
}

func (s keySigner) PublicKey() ed25519.PublicKey {
	return s.priv.Public().(ed25519.PublicKey)
}
