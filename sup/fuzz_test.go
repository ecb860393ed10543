package sup_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/sluicehq/sluice/sup"
)

// FuzzPackage holds that a package which Verify takes can be unpacked, is
// read in full, and is the one that signing it again would write.
func FuzzPackage(f *testing.F) {
	names, err := filepath.Glob("testdata/vectors/*.vector")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		v, err := parseVector(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(v.pkg)
	}
	f.Fuzz(func(t *testing.T, pkg []byte) {
		r := bytes.NewReader(pkg)
		_, err := sup.Verify(r, trust(1, 1))
		seen, inspectErr := sup.Inspect(bytes.NewReader(pkg))
		if err != nil {
			return
		}
		if r.Len() > 0 || inspectErr != nil || seen.Problem != "" {
			t.Errorf("verified, with %d bytes left; inspected: %v, %v", r.Len(), inspectErr, seen)
		}
		var again bytes.Buffer
		if _, err := sup.Sign(bytes.NewReader(pkg), &again, sup.NewSigner(testKey(1))); err != nil || !bytes.Equal(again.Bytes(), pkg) {
			t.Errorf("signing it again gives other bytes: %v", err)
		}
	})
}

// FuzzEnvelope signs nothing: whatever is inside, no envelope gets through
// that the key did not sign.
func FuzzEnvelope(f *testing.F) {
	payload := goodPayload(f)
	good := seal(payload, 1)
	f.Add(good)
	f.Add(seal(payload, 1, 2))
	f.Add(seal(payload))
	f.Fuzz(func(t *testing.T, envelope []byte) {
		if len(envelope) > sup.MaxEnvelope {
			return
		}
		pkg := forge(t, payload)
		pkg.envelope = envelope
		if m, err := sup.ReadManifest(bytes.NewReader(pkg.bytes()), trust(1, 1)); err == nil && m.Name != "vector" {
			t.Errorf("taken: %s", envelope)
		}
	})
}

// FuzzManifest signs whatever it is given: a manifest that is taken is valid
// and builds the same package again.
func FuzzManifest(f *testing.F) {
	f.Add(goodPayload(f))
	for _, a := range sup.Library {
		f.Add([]byte(`{"format":"sluice-sup/1","name":"a","version":"1","release_counter":1,"compatibility":{},"actions":[{"type":"` + a.Name + `"}],"members":[]}`))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		m, err := sup.ReadManifest(bytes.NewReader(forge(t, payload, 1).bytes()), trust(1, 1))
		if err != nil {
			return
		}
		if err := m.Validate(); err != nil {
			t.Errorf("taken and not valid: %v", err)
		}
		for _, a := range m.Actions {
			if _, err := sup.DecodeParams(a); err != nil {
				t.Errorf("taken and not decoded: %v", err)
			}
		}
	})
}

// FuzzKey holds that a text which is read is written the same way.
func FuzzKey(f *testing.F) {
	f.Add(sup.MarshalPublicKey(public(1), "somebody"))
	f.Add(sup.MarshalPrivateKey(testKey(1)))
	f.Fuzz(func(t *testing.T, text []byte) {
		if key, err := sup.ParsePublicKey(text); err == nil {
			if again, err := sup.ParsePublicKey(sup.MarshalPublicKey(key, "")); err != nil || !again.Equal(key) {
				t.Errorf("%x: %v", key, err)
			}
		}
		if key, err := sup.ParsePrivateKey(text); err == nil {
			if again, err := sup.ParsePrivateKey(sup.MarshalPrivateKey(key)); err != nil || !again.Equal(key) {
				t.Errorf("a private key does not come back: %v", err)
			}
		}
	})
}

// FuzzSource builds what it can read: Build and Verify must then agree.
func FuzzSource(f *testing.F) {
	for _, name := range []string{"source.yaml", "../examples/gateway-config/sup.yaml", "../examples/broken-half-way/sup.yaml"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("name: [&a x, *a]\n<<: {b: 0755, c: 1e999, d: .nan}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := sup.ParseSource(text)
		if err != nil {
			return
		}
		var pkg bytes.Buffer
		if err := sup.Build(&pkg, m, testFiles(), sup.NewSigner(testKey(1))); err != nil {
			return
		}
		if _, err := sup.Verify(&pkg, trust(1, 1)); err != nil {
			t.Errorf("built and refused: %v", err)
		}
	})
}
