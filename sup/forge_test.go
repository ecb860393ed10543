package sup_test

import (
	"archive/tar"
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/sluicehq/sluice/sup"
)

// forged is a package that Build would never write: each part can be replaced
// before the bytes are put together.
type forged struct {
	envelope []byte
	first    *tar.Header // of the envelope
	members  []entry
	end      []byte
}

type entry struct {
	header *tar.Header
	raw    []byte // instead of the header, where archive/tar would not write it
	body   []byte
}

func file(name string, body []byte) entry {
	return entry{header: plainHeader(name, int64(len(body))), body: body}
}

func plainHeader(name string, size int64) *tar.Header {
	return &tar.Header{Format: tar.FormatUSTAR, Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644, ModTime: time.Unix(0, 0)}
}

// forge starts from the good package, with its manifest signed by the keys.
func forge(t testing.TB, payload []byte, keys ...byte) *forged {
	f := &forged{envelope: seal(payload, keys...), end: make([]byte, 1024)}
	for _, name := range []string{"bin/tool", "empty", "notes.md"} {
		body, err := fs.ReadFile(testFiles(), name)
		if err != nil {
			t.Fatal(err)
		}
		f.members = append(f.members, file(name, body))
	}
	return f
}

func (f *forged) bytes() []byte {
	var b bytes.Buffer
	first := f.first
	if first == nil {
		first = plainHeader(sup.EnvelopeName, int64(len(f.envelope)))
	}
	for _, e := range append([]entry{{header: first, body: f.envelope}}, f.members...) {
		raw := e.raw
		if raw == nil {
			raw = headerBytes(e.header)
		}
		b.Write(raw)
		b.Write(e.body)
		b.Write(make([]byte, -len(e.body)&511))
	}
	b.Write(f.end)
	return b.Bytes()
}

func headerBytes(h *tar.Header) []byte {
	var b bytes.Buffer
	if err := tar.NewWriter(&b).WriteHeader(h); err != nil {
		panic(fmt.Sprintf("%s: %v", h.Name, err))
	}
	return b.Bytes()
}

// seal wraps a payload, whatever it is, in a canonical envelope. It uses the
// DSSE library of others, so a mistake in ours would show.
func seal(payload []byte, keys ...byte) []byte {
	type sig struct{ id, sig string }
	var sigs []sig
	for _, k := range keys {
		s := ed25519.Sign(testKey(k), dsse.PAE(sup.PayloadType, payload))
		sigs = append(sigs, sig{sup.Fingerprint(public(k)), base64.StdEncoding.EncodeToString(s)})
	}
	slices.SortFunc(sigs, func(a, b sig) int { return strings.Compare(a.id, b.id) })
	texts := make([]string, len(sigs))
	for i, s := range sigs {
		texts[i] = fmt.Sprintf(`{"keyid":%q,"sig":%q}`, s.id, s.sig)
	}
	return fmt.Appendf(nil, `{"payload":%q,"payloadType":%q,"signatures":[%s]}`,
		base64.StdEncoding.EncodeToString(payload), sup.PayloadType, strings.Join(texts, ","))
}

// goodPayload is the canonical manifest of the good package.
func goodPayload(t testing.TB) []byte {
	var e struct{ Payload []byte }
	text, _, _ := bytes.Cut(build(t, testManifest(), testFiles(), 1)[512:], []byte{0})
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	return e.Payload
}

// edited replaces a text in the good manifest, once, and signs the result.
func edited(t testing.TB, from, to string) *forged {
	payload := goodPayload(t)
	if bytes.Count(payload, []byte(from)) != 1 {
		t.Fatalf("%q is %d times in %s", from, bytes.Count(payload, []byte(from)), payload)
	}
	return forge(t, bytes.Replace(payload, []byte(from), []byte(to), 1), 1)
}
