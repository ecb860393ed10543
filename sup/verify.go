package sup

import (
	"bytes"
	"encoding/json"
	"io"
)

// Verify reads a whole package once and returns its manifest when everything
// about it is good: the signatures, the limits, the members on both sides,
// their sizes and sums, and that nothing follows. A bad package gives *Error.
func Verify(r io.Reader, trust Trust) (*Manifest, error) {
	m, err := ReadManifest(r, trust)
	if err != nil {
		return nil, err
	}
	if err := (archive{r}).members(m, discard{}); err != nil {
		return nil, err
	}
	return m, nil
}

// ReadManifest reads the first member only and leaves r behind it. The
// manifest is signed and valid; whether the members match is not known yet.
func ReadManifest(r io.Reader, trust Trust) (*Manifest, error) {
	e, err := archive{r}.envelope()
	if err != nil {
		return nil, err
	}
	if err := e.verify(trust); err != nil {
		return nil, err
	}
	return parseManifest(e.Payload)
}

// parseManifest reads and validates the payload of an envelope.
func parseManifest(text []byte) (*Manifest, error) {
	if len(text) > MaxManifest {
		return nil, refuse("the manifest has more than %d bytes", MaxManifest)
	}
	// The format comes first: another one may have keys that this one has not.
	var head struct{ Format string }
	if json.Unmarshal(text, &head) == nil && head.Format != Format {
		return nil, refuse("its format is %s, this version reads %s; update the program that reads it", printable(head.Format), Format)
	}
	var m Manifest
	if err := decodeStrict(text, &m); err != nil {
		return nil, refuse("cannot read manifest: %v", err)
	}
	if err := m.Validate(); err != nil {
		return nil, err
	}
	form, err := m.encode()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(form, text) {
		return nil, refuse("the manifest is not in canonical form: a key comes twice, in another case, out of order or with an empty value")
	}
	return &m, nil
}

// encode returns the canonical text of a valid manifest.
func (m Manifest) encode() ([]byte, error) {
	actions := make([]Action, len(m.Actions))
	for i, a := range m.Actions {
		params, err := decodeExact(a)
		if err != nil {
			return nil, refuse("action %d (%s): %v", i+1, printable(a.Type), err)
		}
		if a.Params, err = encode(params); err != nil {
			return nil, err
		}
		if string(a.Params) == "{}" {
			a.Params = nil
		}
		actions[i] = a
	}
	m.Actions = actions
	if m.Members == nil {
		m.Members = []Member{}
	}
	return encode(m)
}
