package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Number is a number that clients write as 1, 1.0 or "1". Null and "" leave it
// as it is. It is never infinite and always a number.
type Number float64

// UnmarshalJSON reads a number or a numeric string.
func (n *Number) UnmarshalJSON(data []byte) error {
	text, ok, err := scalarText(data)
	if err != nil || !ok {
		return err
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return fmt.Errorf("%q is not a number", text)
	}
	*n = Number(f)
	return nil
}

// Int is the number as an integer. It fails on a fraction and beyond 2^53, where
// a number of JSON is no longer exact.
func (n Number) Int() (int64, error) {
	const exact = 1 << 53
	f := float64(n)
	if f != math.Trunc(f) || math.Abs(f) > exact {
		return 0, fmt.Errorf("%v is not an integer", f)
	}
	return int64(f), nil
}

// Flag is a boolean that is also read from 0, 1, "true" and "false". Null and ""
// leave it as it is.
type Flag bool

// UnmarshalJSON reads a boolean, a number or a string of either.
func (b *Flag) UnmarshalJSON(data []byte) error {
	text, ok, err := scalarText(data)
	if err != nil || !ok {
		return err
	}
	v, err := strconv.ParseBool(strings.ToLower(text))
	if err != nil {
		return fmt.Errorf("%q is neither true nor false", text)
	}
	*b = Flag(v)
	return nil
}

// Text is a string that is also read from a number or a boolean, as it was
// written. Null leaves it as it is.
type Text string

// UnmarshalJSON reads any scalar.
func (t *Text) UnmarshalJSON(data []byte) error {
	data = bytes.TrimSpace(data)
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, (*string)(t))
	}
	text, ok, err := scalarText(data)
	if err == nil && ok {
		*t = Text(text)
	}
	return err
}

// Checksum is the unsigned IEEE CRC-32 of a file, in decimal (TR50 1.9). A
// negative number is read as the same 32 bits.
type Checksum uint32

// UnmarshalJSON reads a number or a numeric string.
func (c *Checksum) UnmarshalJSON(data []byte) error {
	text, ok, err := scalarText(data)
	if err != nil || !ok {
		return err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > math.MaxUint32 || n < math.MinInt32 {
		return fmt.Errorf("%q is not a CRC-32", text)
	}
	*c = Checksum(uint32(n))
	return nil
}

// scalarText is the text of a scalar without quotes. It is not ok for null and
// for an empty string.
func scalarText(data []byte) (text string, ok bool, err error) {
	data = bytes.TrimSpace(data)
	if len(data) == 0 || bytes.Equal(data, []byte("null")) {
		return "", false, nil
	}
	switch data[0] {
	case '{', '[':
		return "", false, fmt.Errorf("a number, a string or a boolean is expected")
	case '"':
		if err := json.Unmarshal(data, &text); err != nil {
			return "", false, err
		}
		text = strings.TrimSpace(text)
		return text, text != "", nil
	}
	return string(data), true, nil
}
