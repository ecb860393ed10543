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

// first and last are the ends of what four digits of a year can say.
var (
	first = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	last  = time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)
)

// MarshalJSON writes microseconds and Z. A year without four digits is written
// as the nearest that has them: one strange moment does not cost a whole reply.
func (t Time) MarshalJSON() ([]byte, error) {
	switch {
	case t.Before(first):
		t.Time = first
	case t.After(last):
		t.Time = last
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
