package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

// FuzzObject holds readObject against the decoder of the standard library.
func FuzzObject(f *testing.F) {
	for _, s := range []string{
		`{}`, ` { } `, `{"a":1}`, "\t{ \"a\" : [1, {\"b\":\"}\"}] ,\r\n\"a\":-1.5e3 } ", `{"\u00e4\"\\":"\"","":null,"b":true}`,
		"{\"\xff\":\"\xff\"}", `{"a":{"b":[]},"c":""}`, `[1]`, `"a"`, `1`, ``, `{"a":1}x`, `{"a":1,}`, `{"a"}`, `{"a":"\\\\"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got []string
		err := readObject(data, func(key string, value []byte) error {
			got = append(got, fmt.Sprintf("%q %s", key, value))
			return nil
		})
		want, wantErr := membersByDecoder(data)
		if (err != nil) != (wantErr != nil) || err == nil && !slices.Equal(got, want) {
			t.Errorf("%q:\ngot  %q, %v\nwant %q, %v", data, got, err, want, wantErr)
		}
	})
}

func membersByDecoder(data []byte) (members []string, err error) {
	if !json.Valid(data) {
		return nil, fmt.Errorf("it is not JSON")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if start, err := d.Token(); err != nil || start != json.Delim('{') {
		return nil, fmt.Errorf("got %v (%v)", start, err)
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, err
		}
		members = append(members, fmt.Sprintf("%q %s", key, value))
	}
	return members, nil
}
