package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// readObject calls member for each key of a JSON object, in order.
func readObject(data []byte, member func(key string, value json.RawMessage) error) error {
	d := json.NewDecoder(bytes.NewReader(data))
	start, err := d.Token()
	if err != nil {
		return fmt.Errorf("it is not JSON: %w", noEOF(err))
	}
	if start != json.Delim('{') {
		return errors.New("it is not a JSON object")
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return fmt.Errorf("it is not JSON: %w", noEOF(err))
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return fmt.Errorf("it is not JSON: %w", noEOF(err))
		}
		if err := member(key.(string), value); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("it is not JSON: %w", noEOF(err))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON object")
	}
	return nil
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
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
	raw, err := json.Marshal(value)
	if err != nil {
		w.err = fmt.Errorf("cannot encode %q: %w", key, err)
		return
	}
	name, err := json.Marshal(key)
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
