package install

import (
	"bytes"
	"encoding/json"
	"fmt"
)

func (o *jsonObject) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o.members {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeJSON(&b, m.key); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := writeJSON(&b, m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func (a *jsonArray) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, item := range a.items {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := writeJSON(&b, item); err != nil {
			return nil, err
		}
	}
	b.WriteByte(']')
	return b.Bytes(), nil
}

// writeJSON writes < > & as they are.
func writeJSON(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case *jsonObject:
		data, err := v.MarshalJSON()
		b.Write(data)
		return err
	case *jsonArray:
		data, err := v.MarshalJSON()
		b.Write(data)
		return err
	}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("cannot write JSON: %v", err)
	}
	b.Truncate(b.Len() - 1) // the line end of Encode
	return nil
}

func sameJSON(a, b any) (bool, error) {
	var x, y bytes.Buffer
	if err := writeJSON(&x, a); err != nil {
		return false, err
	}
	err := writeJSON(&y, b)
	return bytes.Equal(x.Bytes(), y.Bytes()), err
}

func formatJSON(top *jsonObject, indent string) ([]byte, error) {
	var flat, out bytes.Buffer
	if err := writeJSON(&flat, top); err != nil {
		return nil, err
	}
	if err := json.Indent(&out, flat.Bytes(), "", indent); err != nil {
		return nil, fmt.Errorf("cannot write JSON: %v", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// indentOf is the white space of the first indented line.
func indentOf(text []byte) string {
	for line := range bytes.Lines(text) {
		if rest := bytes.TrimLeft(line, " \t"); len(rest) < len(line) && len(bytes.TrimSpace(rest)) > 0 {
			return string(line[:len(line)-len(rest)])
		}
	}
	return "  "
}
