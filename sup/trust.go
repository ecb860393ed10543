package sup

import (
	"crypto/ed25519"
	"fmt"
)

// Trust says whose signatures make a package good: at least Threshold
// different keys out of Keys. A key that is listed twice counts once, and the
// zero Trust trusts nothing.
type Trust struct {
	Keys      []ed25519.PublicKey
	Threshold int
}

// TrustFingerprint returns the trust in the one candidate that has the
// fingerprint. It is how a device that was told a fingerprint accepts a key
// that came over a channel it does not trust.
func TrustFingerprint(fingerprint string, candidates []ed25519.PublicKey) (Trust, error) {
	for _, key := range candidates {
		if len(key) == ed25519.PublicKeySize && Fingerprint(key) == fingerprint {
			return Trust{Keys: []ed25519.PublicKey{key}, Threshold: 1}, nil
		}
	}
	return Trust{}, fmt.Errorf("none of %d keys has the fingerprint %s; check that it was typed in full", len(candidates), printable(fingerprint))
}

// byID returns the different keys by their fingerprint, after it has checked
// that the threshold asks for something that can be met.
func (t Trust) byID() (map[string]ed25519.PublicKey, error) {
	if t.Threshold < 1 {
		return nil, fmt.Errorf("cannot verify: a threshold of %d trusts every package; it must be 1 or more", t.Threshold)
	}
	keys := make(map[string]ed25519.PublicKey, len(t.Keys))
	for i, key := range t.Keys {
		if len(key) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("cannot verify: trusted key %d has %d bytes instead of %d", i+1, len(key), ed25519.PublicKeySize)
		}
		keys[Fingerprint(key)] = key
	}
	if len(keys) < t.Threshold {
		return nil, fmt.Errorf("cannot verify: the threshold is %d and only %d different keys are trusted", t.Threshold, len(keys))
	}
	return keys, nil
}
