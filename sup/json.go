package sup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// encode returns the canonical JSON of a value: no white space, keys in the
// order of the structure, map keys sorted, no HTML escapes. SPEC.md section 4
// describes it for other implementations.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// decodeStrict reads one JSON value: an unknown key or anything behind the
// value is an error, and numbers of no given type stay json.Number. Keys that
// come twice or in another case are found by comparing canonical forms.
func decodeStrict(text []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	dec.UseNumber()
	if err := dec.Decode(into); err != nil {
		return jsonError(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something behind the JSON value")
	}
	return nil
}

// jsonError says for people, and the same in every version of Go, what was
// wrong with a JSON text.
func jsonError(err error) error {
	var kind *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the JSON ends too early")
	case errors.As(err, &kind) && kind.Field == "":
		return fmt.Errorf("it cannot be a JSON %s", kind.Value)
	case errors.As(err, &kind):
		return fmt.Errorf("%s cannot be a JSON %s", kind.Field, kind.Value)
	case errors.As(err, &syntax):
		return fmt.Errorf("the JSON is broken near byte %d", syntax.Offset)
	}
	return errors.New(printable(strings.TrimPrefix(err.Error(), "json: ")))
}
