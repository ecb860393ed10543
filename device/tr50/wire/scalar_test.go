package wire

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

// tolerant reads each input into a T and prints it; "!" stands for an error.
func tolerant[T any](t *testing.T, start T, cases map[string]string) {
	t.Helper()
	for input, want := range cases {
		v := start
		got := "!"
		if err := json.Unmarshal([]byte(input), &v); err == nil {
			got = fmt.Sprint(v)
		}
		if got != want {
			t.Errorf("%T of %s: got %s, want %s", v, input, got, want)
		}
	}
}

func TestScalarsAreReadInEveryFormThatClientsWrite(t *testing.T) {
	tolerant(t, Number(5), map[string]string{`1`: "1", `1.0`: "1", `"1"`: "1", `" 2.5 "`: "2.5", `-3e2`: "-300",
		`null`: "5", `""`: "5", `"x"`: "!", `"NaN"`: "!", `"Inf"`: "!", `"1e999"`: "!", `{}`: "!", `[]`: "!", `true`: "!"})
	tolerant(t, Code(7), map[string]string{`0`: "0", `"0"`: "0", `"-90008"`: "-90008", `4.0`: "4", `null`: "0", `""`: "0",
		`1.5`: "!", `"no"`: "!", `1e300`: "!"})
	tolerant(t, Flag(false), map[string]string{`true`: "true", `1`: "true", `"true"`: "true", `"True"`: "true", `false`: "false",
		`0`: "false", `null`: "false", `"maybe"`: "!"})
	tolerant(t, Text(""), map[string]string{`"a b"`: "a b", `12.50`: "12.50", `true`: "true", `null`: "", `{}`: "!"})
	tolerant(t, Checksum(0), map[string]string{`2588164595`: "2588164595", `"2588164595"`: "2588164595",
		`-1706802701`: "2588164595", `null`: "0", `4294967296`: "!", `-2147483649`: "!", `1.5`: "!"})
	tolerant(t, Time{}, map[string]string{
		`"2026-11-21T19:21:16.675277Z"`:      "2026-11-21T19:21:16.675277Z",
		`"2026-11-21T19:21:16.675Z"`:         "2026-11-21T19:21:16.675000Z",
		`"2026-11-21T19:21:16Z"`:             "2026-11-21T19:21:16.000000Z",
		`"2026-11-21T20:21:16.675277+01:00"`: "2026-11-21T19:21:16.675277Z",
		`"2026-11-21T19:21:16+00:00"`:        "2026-11-21T19:21:16.000000Z",
		`null`:                               "0001-01-01T00:00:00.000000Z", `""`: "0001-01-01T00:00:00.000000Z", `"yesterday"`: "!", `7`: "!"})
}

func TestATimestampIsWrittenWithAFractionAndZ(t *testing.T) {
	zone := time.FixedZone("", 3600)
	got, err := json.Marshal(At(time.Date(2026, 11, 21, 20, 0, 0, 0, zone)))
	if err != nil || string(got) != `"2026-11-21T19:00:00.000000Z"` {
		t.Errorf("got %s, %v", got, err)
	}
	for year, want := range map[int]string{10000: `"9999-12-31T23:59:59.999999Z"`, -1: `"0000-01-01T00:00:00.000000Z"`} {
		if got, err := json.Marshal(At(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC))); err != nil || string(got) != want {
			t.Errorf("the year %d is written as %s, %v", year, got, err)
		}
	}
}

func TestAnAcknowledgementWithoutErrorCodeIsASuccess(t *testing.T) {
	for params, want := range map[string]Code{
		`{"id":"3","params":{"r":"ok"}}`:                               StatusSuccess,
		`{"id":"3","errorCode":"0","errorMessage":""}`:                 StatusSuccess,
		`{"id":"3","errorCode":0,"errorMessage":null}`:                 StatusSuccess,
		`{"id":"3","thingKey":"k","params":{"Time":"","Response":""}}`: StatusSuccess,
		`{"id":"3","errorCode":4,"errorMessage":"Execution Error"}`:    StatusExecutionError,
		`{"id":"3","errorCode":"19"}`:                                  StatusFailure,
	} {
		var ack MailboxAck
		if err := Decode(json.RawMessage(params), &ack); err != nil || ack.ID != "3" || ack.ErrorCode != want {
			t.Errorf("%s: got %+v, %v", params, ack, err)
		}
	}
}

func TestTheChecksumIsUnsignedIEEE(t *testing.T) {
	if got := CRC32([]byte("123456789")); got != 0xcbf43926 {
		t.Errorf("got %#x, want 0xcbf43926", uint32(got))
	}
	h := NewCRC32()
	h.Write([]byte("123456789"))
	if Checksum(h.Sum32()) != 0xcbf43926 {
		t.Errorf("got %#x", h.Sum32())
	}
}
