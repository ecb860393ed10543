package wire

import (
	"encoding/json"
	"fmt"
	"time"
)

// Time is a timestamp of TR50. It is read with or without a fraction, with Z or
// an offset (TR50 1.4); null and "" leave it as it is. The zero value is "not given".
type Time struct{ time.Time }

// timeLayout always has a fraction and Z: a client in the field parses what it
// gets with exactly that (TR50 1.4).
const timeLayout = "2006-01-02T15:04:05.000000Z"

// At makes a Time.
func At(t time.Time) Time { return Time{t} }

// String is the timestamp as it is written on the wire.
func (t Time) String() string { return t.UTC().Format(timeLayout) }

// MarshalJSON writes microseconds and Z.
func (t Time) MarshalJSON() ([]byte, error) {
	if y := t.UTC().Year(); y < 0 || y > 9999 {
		return nil, fmt.Errorf("cannot write a timestamp of the year %d: it has to have four digits", y)
	}
	return json.Marshal(t.String())
}

// UnmarshalJSON reads every form of TR50 1.4.
func (t *Time) UnmarshalJSON(data []byte) error {
	text, ok, err := scalarText(data)
	if err != nil || !ok {
		return err
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return fmt.Errorf("%q is not a timestamp such as 2026-11-21T19:21:16.675277Z", text)
	}
	t.Time = at.UTC()
	return nil
}
