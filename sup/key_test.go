package sup_test

import (
	"context"
	"crypto"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/sluicehq/sluice/sup"
)

func TestKeysComeBackAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	priv, err := sup.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	again, err := sup.ParsePrivateKey(sup.MarshalPrivateKey(priv))
	if err != nil || !again.Equal(priv) {
		t.Errorf("private: %v", err)
	}
	pub := priv.Public().(ed25519.PublicKey)
	line := sup.MarshalPublicKey(pub, "release\nkey  of somebody")
	if !strings.HasSuffix(string(line), "= release key of somebody\n") {
		t.Errorf("comment: %s", line)
	}
	if got, err := sup.ParsePublicKey(line); err != nil || !got.Equal(pub) {
		t.Errorf("public: %v", err)
	}
}

func TestABadKeyTextIsRefusedWithoutRepeatingIt(t *testing.T) {
	t.Parallel()
	secret := string(sup.MarshalPrivateKey(testKey(9)))
	for _, text := range []string{
		"", "sluice-ed25519", "sluice-ed25519 AAAA", "ssh-ed25519 AAAA", secret[:len(secret)-4], strings.ToUpper(secret),
		secret + secret, secret + strings.Repeat(" ", 5000), "sluice-ed25519-private " + strings.Repeat("!", 44),
	} {
		_, err := sup.ParsePrivateKey([]byte(text))
		if err == nil || strings.Contains(err.Error(), secret[24:40]) {
			t.Errorf("%.30q…: %v", text, err)
		}
	}
	if _, err := sup.ParsePublicKey([]byte(secret)); err == nil {
		t.Error("a private key was read as a public one")
	}
}

func TestAFingerprintChoosesItsKey(t *testing.T) {
	t.Parallel()
	keys := []ed25519.PublicKey{public(1), public(2), nil}
	got, err := sup.TrustFingerprint(sup.Fingerprint(public(2)), keys)
	if err != nil || got.Threshold != 1 || len(got.Keys) != 1 || !got.Keys[0].Equal(public(2)) {
		t.Errorf("got %v, %v", got, err)
	}
	for _, wrong := range []string{"", "SHA256:", sup.Fingerprint(public(2))[:20], sup.Fingerprint(public(3))} {
		if _, err := sup.TrustFingerprint(wrong, keys); err == nil {
			t.Errorf("%q chose a key", wrong)
		}
	}
}

// lyingSigner signs with another key than the one that it shows.
type lyingSigner struct {
	sup.Signer
	err error
}

func (s lyingSigner) PublicKey() ed25519.PublicKey { return public(2) }

func (s lyingSigner) Sign(p []byte) ([]byte, error) {
	if s.err != nil {
		return nil, s.err
	}
	return s.Signer.Sign(p)
}

func TestASignerThatFailsOrLiesSignsNothing(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	err := sup.Build(&out, testManifest(), testFiles(), lyingSigner{Signer: sup.NewSigner(testKey(1))})
	if err == nil || out.Len() > 0 {
		t.Errorf("a lying signer: %v, %d bytes", err, out.Len())
	}
	away := errors.New("token is not plugged in")
	if err := sup.Build(&out, testManifest(), testFiles(), lyingSigner{err: away}); !errors.Is(err, away) || out.Len() > 0 {
		t.Errorf("a failing signer: %v, %d bytes", err, out.Len())
	}
}

// dsseKey lets the DSSE library of others verify with a key of ours.
type dsseKey struct{ ed25519.PublicKey }

func (k dsseKey) KeyID() (string, error)   { return sup.Fingerprint(k.PublicKey), nil }
func (k dsseKey) Public() crypto.PublicKey { return k.PublicKey }
func (k dsseKey) Verify(_ context.Context, data, sig []byte) error {
	if !ed25519.Verify(k.PublicKey, data, sig) {
		return errors.New("no match")
	}
	return nil
}

func TestAnyDSSELibraryVerifiesTheEnvelope(t *testing.T) {
	t.Parallel()
	pkg := build(t, testManifest(), testFiles(), 1)
	var e dsse.Envelope
	text, _, _ := strings.Cut(string(pkg[512:]), "\x00")
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		t.Fatal(err)
	}
	v, err := dsse.NewEnvelopeVerifier(dsseKey{public(1)})
	if err != nil {
		t.Fatal(err)
	}
	if keys, err := v.Verify(t.Context(), &e); err != nil || len(keys) != 1 {
		t.Errorf("%v, %v", keys, err)
	}
}
