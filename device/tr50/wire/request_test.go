package wire

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// commands are the requests of TR50 1.8, "Wire examples as seen".
var commands = []struct{ message, want string }{
	{`{"1":{"command":"attribute.batch","params":{"thingKey":"k","key":"attribute_batch","value":"Attribute Batch","ts":"2026-11-21T19:21:16.675277Z","data":[{"key":"os_name","value":"debian (GNU/Linux)","ts":"2026-11-21T19:21:16.675277Z","republish":null}]}}}`, "1 attribute.batch"},
	{`{"1":{"command":"mailbox.check","params":{"autoComplete":false}}}`, "1 mailbox.check"},
	{`{"1":{"command":"mailbox.check"}}`, "1 mailbox.check"},
	{`{"check":{"command":"mailbox.check","params":{"limit":1,"autoComplete":false}}}`, "check mailbox.check"},
	{`{"257":{"command":"file.get","params":{"global":true,"fileName":"a","thingKey":"k"}}}`, "257 file.get"},
	{`{"auth":{"sessionId":"s"},"2":{"command":"b","params":{}},"1":{"command":"a","params":null}}`, "auth=s,2 b,1 a"},
	{`{"auth":{"command":"api.authenticate","params":{"appToken":"t","appId":"a","thingKey":"k"}}}`, "auth:api.authenticate"},
	{`{"data":{"command":"diag.ping"},"auth":{"sessionId":"s"}}`, "auth=s,data diag.ping"},
	{`{"auth":null,"cmd":{"command":"a"}}`, "cmd a"},
	{`{"9":{"command":"a"},"1":{"command":"b"},"9":{"command":"c"}}`, "9 c,1 b"},
	{`{"1":"junk","2":{"command":7},"3":{"command":"c"}}`, "1 ,2 ,3 c"},
	{` {} `, ""},
}

func TestARequestKeepsTheOrderOfItsCommands(t *testing.T) {
	for _, c := range commands {
		r, err := ParseRequest([]byte(c.message))
		if err != nil {
			t.Errorf("%s: %v", c.message, err)
			continue
		}
		if got := words(r); got != c.want {
			t.Errorf("%s: got %q, want %q", c.message, got, c.want)
		}
	}
}

func words(r Request) string {
	var out []string
	if r.Auth != nil && r.Auth.SessionID != "" {
		out = append(out, "auth="+r.Auth.SessionID)
	} else if r.Auth != nil {
		out = append(out, "auth:"+r.Auth.Command)
	}
	for _, c := range r.Commands {
		out = append(out, c.ID+" "+c.Command)
	}
	return strings.Join(out, ",")
}

func TestARequestThatIsNoObjectIsRefusedWithASentence(t *testing.T) {
	many := `{"0":{}`
	for i := 1; i <= MaxCommands; i++ {
		many += fmt.Sprintf(`,"%d":{}`, i)
	}
	for message, want := range map[string]string{
		``:          "cannot read the request: it is not JSON: unexpected EOF",
		`[1]`:       "cannot read the request: it is not a JSON object",
		`"api"`:     "cannot read the request: it is not a JSON object",
		`{"1":{}`:   "cannot read the request: it is not JSON: unexpected EOF",
		`{"1":{}}x`: "cannot read the request: something follows the JSON object",
		many + `}`:  "cannot read the request: it has more than 256 commands",
		`{"1":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`: "cannot read the request: it is not JSON: invalid character '[' exceeded max depth",
	} {
		_, err := ParseRequest([]byte(message))
		if err == nil || err.Error() != want {
			t.Errorf("%.40s: got %v, want %s", message, err, want)
		}
	}
}

func TestNullAndAbsentParametersAreNil(t *testing.T) {
	r, err := ParseRequest([]byte(`{"1":{"command":"a","params": null},"2":{"command":"b"}}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Commands {
		if c.Params != nil {
			t.Errorf("the parameters of %s are %q, want nil", c.Command, c.Params)
		}
		var check MailboxCheck
		if err := Decode(c.Params, &check); err != nil {
			t.Error(err)
		}
	}
}

func TestTheLastOfDuplicateKeysWins(t *testing.T) {
	r, err := ParseRequest([]byte(`{"1":{"command":"file.get","params":{"fileName":"a","thingKey":"k","fileName":"b"}}}`))
	if err != nil {
		t.Fatal(err)
	}
	var get FileGet
	if err := Decode(r.Commands[0].Params, &get); err != nil {
		t.Fatal(err)
	}
	if get.FileName != "b" || get.ThingKey != "k" {
		t.Errorf("got %+v", get)
	}
}

func TestARequestIsWrittenInItsOrder(t *testing.T) {
	check, err := NewCommand("z", CommandMailboxCheck, MailboxCheck{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	ping, err := NewCommand("a", CommandDiagPing, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := NewRequest(check, ping)
	r.Auth = &Auth{SessionID: "s"}
	got, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"auth":{"sessionId":"s"},"z":{"command":"mailbox.check","params":{"autoComplete":false,"limit":1}},"a":{"command":"diag.ping"}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if empty, err := NewRequest().Encode(); err != nil || string(empty) != "{}" {
		t.Errorf("an empty request is %s, %v", empty, err)
	}
}

func TestAParameterOfTheWrongTypeIsNamed(t *testing.T) {
	var get FileGet
	err := Decode(json.RawMessage(`{"fileName":{"a":1}}`), &get)
	if err == nil || err.Error() != "the parameter fileName cannot be of the type object" {
		t.Errorf("got %v", err)
	}
	err = Decode(json.RawMessage(`[]`), &get)
	if err == nil || err.Error() != "the parameters are of the type array, not an object" {
		t.Errorf("got %v", err)
	}
}

func FuzzParseRequest(f *testing.F) {
	for _, c := range commands {
		f.Add([]byte(c.message))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseRequest(data)
		if err != nil {
			return
		}
		if len(r.Commands) > MaxCommands {
			t.Fatalf("%d commands", len(r.Commands))
		}
		encoded, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseRequest(encoded)
		if err != nil {
			t.Fatalf("cannot read what was written: %v", err)
		}
		if words(again) != words(r) {
			t.Fatalf("got %q, want %q", words(again), words(r))
		}
		for _, c := range r.Commands {
			_, _ = ParsePropertyBatch(c.Params)
			_, _ = ParseAlarmBatch(c.Params)
			_, _ = ParseLocationBatch(c.Params)
			_, _, _ = ParseAttributePublish(c.Params)
			_ = Decode(c.Params, new(MailboxAck))
			_ = Decode(c.Params, new(FilePut))
		}
	})
}
