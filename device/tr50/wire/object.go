package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// readObject calls member for each key of a JSON object, in order. The value is
// a part of data. Nothing is called for data that is no JSON object.
func readObject(data []byte, member func(key string, value []byte) error) error {
	if !json.Valid(data) {
		return invalid(data)
	}
	rest := skipSpace(data)
	if rest[0] != '{' {
		return errors.New("it is not a JSON object")
	}
	for rest[0] != '}' {
		rest = skipSpace(rest[1:]) // the brace, or the comma
		if rest[0] == '}' {
			return nil // no member at all
		}
		var key, value []byte
		key, rest = cutValue(rest)
		value, rest = cutValue(skipSpace(rest[1:])) // the colon
		name, err := unquote(key)
		if err != nil {
			return err
		}
		if err := member(name, value); err != nil {
			return err
		}
	}
	return nil
}

// invalid says why data is not JSON.
func invalid(data []byte) error {
	var value json.RawMessage
	err := json.NewDecoder(bytes.NewReader(data)).Decode(&value)
	if err == nil {
		return errors.New("something follows the JSON object")
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("it is not JSON: %w", err)
}

// cutValue cuts valid JSON behind its first value and the space that follows.
func cutValue(data []byte) (value, rest []byte) {
	end, depth := 0, 0
	for {
		switch data[end] {
		case '"':
			end += stringLength(data[end:])
		case '{', '[':
			depth++
			end++
		case '}', ']':
			depth--
			end++
		default:
			end++
		}
		if depth == 0 && ends(data, end) {
			return data[:end], skipSpace(data[end:])
		}
	}
}

// ends tells whether a value of depth 0 ends before data[at]: what can follow a
// value cannot stand in a number or a word.
func ends(data []byte, at int) bool {
	return at == len(data) || strings.IndexByte(",:}] \t\r\n", data[at]) >= 0
}

// stringLength is the length of the string that data begins with, quotes included.
func stringLength(data []byte) int {
	for i := 1; ; i++ {
		switch data[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

func skipSpace(data []byte) []byte { return bytes.TrimLeft(data, " \t\r\n") }

// unquote is the text of a JSON string.
func unquote(quoted []byte) (text string, err error) {
	plain := quoted[1 : len(quoted)-1]
	for _, c := range plain {
		if c == '\\' || c >= 0x80 {
			err = json.Unmarshal(quoted, &text)
			return text, err
		}
	}
	return string(plain), nil
}

// objectWriter writes a JSON object whose members keep their order.
type objectWriter struct {
	buf bytes.Buffer
	err error
}

func (w *objectWriter) member(key string, value any) {
	if w.err != nil {
		return
	}
	raw, err := Encode(value)
	if err != nil {
		w.err = fmt.Errorf("cannot encode %q: %w", key, err)
		return
	}
	name, err := Encode(key)
	if err != nil {
		w.err = fmt.Errorf("cannot encode the name %q: %w", key, err)
		return
	}
	separator := byte(',')
	if w.buf.Len() == 0 {
		separator = '{'
	}
	w.buf.WriteByte(separator)
	w.buf.Write(name)
	w.buf.WriteByte(':')
	w.buf.Write(raw)
}

func (w *objectWriter) end() ([]byte, error) {
	if w.err != nil {
		return nil, w.err
	}
	if w.buf.Len() == 0 {
		w.buf.WriteByte('{')
	}
	w.buf.WriteByte('}')
	return w.buf.Bytes(), nil
}

// Encode writes v as JSON in as few bytes as it has: no client of TR50 puts it
// into HTML, so <, > and & stand for themselves.
func Encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
