package sup

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"fmt"
	"slices"
)

// PayloadType is the DSSE payload type of a manifest.
const PayloadType = "application/vnd.sluice.sup.manifest.v1+json"

// envelope is a DSSE envelope (DSSE 1.0.2, envelope.md) in its one legal
// form: no white space, standard base64, signatures in ascending order of
// their key ids, every key id the fingerprint of the key that signed.
type envelope struct {
	Payload     []byte      `json:"payload"`
	PayloadType string      `json:"payloadType"`
	Signatures  []signature `json:"signatures"`
}

type signature struct {
	KeyID string `json:"keyid"`
	Sig   []byte `json:"sig"`
}

// parseEnvelope reads an envelope without judging its signatures.
func parseEnvelope(text []byte) (*envelope, error) {
	var e envelope
	if err := decodeStrict(text, &e); err != nil {
		return nil, refuseMember(EnvelopeName, "it is no DSSE envelope: %v", err)
	}
	if e.PayloadType != PayloadType {
		return nil, refuseMember(EnvelopeName, "its payload type is %s instead of %s", printable(e.PayloadType), PayloadType)
	}
	if len(e.Payload) > MaxManifest {
		return nil, refuseMember(EnvelopeName, "the manifest has %d bytes, more than the %d allowed", len(e.Payload), MaxManifest)
	}
	if len(e.Signatures) == 0 {
		return nil, refuseMember(EnvelopeName, "it carries no signature")
	}
	if len(e.Signatures) > MaxSignatures {
		return nil, refuseMember(EnvelopeName, "it carries %d signatures, more than the %d allowed", len(e.Signatures), MaxSignatures)
	}
	for i := 1; i < len(e.Signatures); i++ {
		if e.Signatures[i-1].KeyID >= e.Signatures[i].KeyID {
			return nil, refuseMember(EnvelopeName, "its key ids are not in ascending order, each once")
		}
	}
	form, err := encode(e)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(form, text) {
		return nil, refuseMember(EnvelopeName, "it is not in canonical form")
	}
	return &e, nil
}

// verify returns nil when enough different trusted keys signed the payload.
// Signatures of keys that are not trusted are passed over; one that names a
// trusted key and does not match refuses the package.
func (e *envelope) verify(trust Trust) error {
	keys, err := trust.byID()
	if err != nil {
		return err
	}
	good, message := 0, pae(e.PayloadType, e.Payload)
	for _, s := range e.Signatures {
		key, ok := keys[s.KeyID]
		if !ok {
			continue
		}
		if !ed25519.Verify(key, message, s.Sig) {
			return refuseMember(EnvelopeName, "the signature of key %s does not match the manifest", s.KeyID)
		}
		delete(keys, s.KeyID)
		good++
	}
	if good < trust.Threshold {
		return refuseMember(EnvelopeName, "it is signed by %d trusted keys where %d are needed (signed by %s)", good, trust.Threshold, e.keyList())
	}
	return nil
}

// sign adds the signature of a signer, or replaces the one it made before.
func (e *envelope) sign(signer Signer) error {
	pub, message := signer.PublicKey(), pae(e.PayloadType, e.Payload)
	sig, err := signer.Sign(message)
	if err != nil {
		return fmt.Errorf("cannot sign: %w", err)
	}
	if len(pub) != ed25519.PublicKeySize || !ed25519.Verify(pub, message, sig) {
		return fmt.Errorf("cannot sign: the signature does not match the signer's public key")
	}
	made := signature{KeyID: Fingerprint(pub), Sig: sig}
	i, found := slices.BinarySearchFunc(e.Signatures, made.KeyID, func(s signature, id string) int {
		return cmp.Compare(s.KeyID, id)
	})
	if found {
		e.Signatures[i] = made
		return nil
	}
	if len(e.Signatures) == MaxSignatures {
		return fmt.Errorf("cannot sign: the package carries %d signatures already", MaxSignatures)
	}
	e.Signatures = slices.Insert(e.Signatures, i, made)
	return nil
}

func (e *envelope) keyIDs() []string {
	ids := make([]string, len(e.Signatures))
	for i, s := range e.Signatures {
		ids[i] = s.KeyID
	}
	return ids
}

// keyList names the signing keys for a message, the first few of them.
func (e *envelope) keyList() string {
	var b bytes.Buffer
	for i, s := range e.Signatures {
		if i == 4 {
			fmt.Fprintf(&b, " and %d more", len(e.Signatures)-i)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(printable(s.KeyID[:min(len(s.KeyID), 64)]))
	}
	return b.String()
}

// pae is the pre-authentication encoding of DSSE (protocol.md): it binds the
// type to the payload, so a signature for one type is none for another.
func pae(payloadType string, payload []byte) []byte {
	head := fmt.Sprintf("DSSEv1 %d %s %d ", len(payloadType), payloadType, len(payload))
	return append([]byte(head), payload...)
}
