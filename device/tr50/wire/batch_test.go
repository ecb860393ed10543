package wire

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestABatchWithJunkOuterDefaultsIsRead(t *testing.T) {
	p, err := ParsePropertyBatch(json.RawMessage(`{"thingKey":"k","key":"property_batch","value":"Property Batch","ts":"2026-11-21T19:00:00.5Z",
		"data":[{"key":"cpu","value":"12.5","corrid":"c","ts":null},{"value":3,"ts":"2026-11-21T19:00:01Z"}]}`))
	if err != nil || p.Fault != nil || len(p.Items) != 2 || p.Thing.ThingKey != "k" {
		t.Fatalf("got %+v, %v", p, err)
	}
	first, second := p.Items[0], p.Items[1]
	if first.Key != "cpu" || *first.Value != 12.5 || first.CorrID != "c" || first.TS.String() != "2026-11-21T19:00:00.500000Z" {
		t.Errorf("got %+v", first)
	}
	if second.Key != "property_batch" || *second.Value != 3 || second.TS.Second() != 1 {
		t.Errorf("got %+v", second)
	}

	l, err := ParseLocationBatch(json.RawMessage(`{"lat":"location_batch","lng":"Location Batch","ts":"x","data":[{"lat":1.5,"lng":"2","republish":null,"corrId":null}]}`))
	if err != nil || l.Fault != nil || len(l.Items) != 1 || *l.Items[0].Lat != 1.5 || *l.Items[0].Lng != 2 {
		t.Errorf("got %+v, %v", l, err)
	}

	a, err := ParseAlarmBatch(json.RawMessage(`{"key":"alarm_batch","state":2,"republish":false,"data":[{"key":"software_update","state":1.0,"msg":"package: a"},{"key":"x"},{"key":"y"}]}`))
	if err != nil || a.Fault != nil || len(a.Items) != 3 {
		t.Fatalf("got %+v, %v", a, err)
	}
	if *a.Items[0].State != 1 || *a.Items[1].State != 2 || *a.Items[2].State != 2 {
		t.Errorf("got the states %v %v %v, want 1 2 2", *a.Items[0].State, *a.Items[1].State, *a.Items[2].State)
	}

	at, err := ParseAttributeBatch(json.RawMessage(`{"key":{},"data":[{"key":"os_name","value":"debian (GNU/Linux)","republish":null}]}`))
	if err != nil || at.Fault != nil || len(at.Items) != 1 || *at.Items[0].Value != "debian (GNU/Linux)" {
		t.Errorf("got %+v, %v", at, err)
	}
}

func TestABatchStopsAtItsFirstFault(t *testing.T) {
	for data, want := range map[string]string{
		`{"key":"b","value":"warm"}`: `item 2 of 3: the parameters cannot be read: "warm" is not a number`,
		`{"key":"b"}`:                "item 2 of 3: the parameter value is missing",
		`{"value":1}`:                "item 2 of 3: the parameter key is missing",
		`{"key":"b","value":1,"ts":"a quarter past"}`: `item 2 of 3: the parameters cannot be read: "a quarter past" is not a timestamp such as 2026-11-21T19:21:16.675277Z`,
		`null`: "item 2 of 3: the parameter value is missing",
		`7`:    "item 2 of 3: the parameters are of the type number, not an object",
	} {
		b, err := ParsePropertyBatch(json.RawMessage(`{"data":[{"key":"a","value":1},` + data + `,{"key":"c","value":2}]}`))
		if err != nil || len(b.Items) != 1 || b.Fault == nil || b.Fault.Error() != want {
			t.Errorf("%s: got %d items, %v, %v; want %s", data, len(b.Items), b.Fault, err, want)
		}
	}
}

func TestABatchWithoutDataOrWithTooManyItemsIsRefused(t *testing.T) {
	many := strings.TrimSuffix(strings.Repeat("{},", MaxBatchItems+1), ",")
	for params, want := range map[string]string{
		`{"key":"a"}`:             "the parameter data is missing",
		`{"data":null}`:           "the parameter data is missing",
		`{"data":{}}`:             "the parameter data cannot be of the type object",
		`{"data":[` + many + `]}`: fmt.Sprintf("the batch has %d items, at most %d are accepted", MaxBatchItems+1, MaxBatchItems),
	} {
		_, err := ParseAlarmBatch(json.RawMessage(params))
		if err == nil || err.Error() != want {
			t.Errorf("%.40s: got %v, want %s", params, err, want)
		}
	}
}

func TestTheSingularFormsAreRead(t *testing.T) {
	thing, p, err := ParsePropertyPublish(json.RawMessage(`{"imei":490154203237518,"key":"t","value":"21"}`))
	if err != nil || thing.IMEI != "490154203237518" || *p.Value != 21 {
		t.Errorf("got %+v, %+v, %v", thing, p, err)
	}
	_, a, err := ParseAlarmPublish(json.RawMessage(`{"key":"a","state":3.0,"republish":true}`))
	if err != nil || *a.State != 3 || !a.Republish {
		t.Errorf("got %+v, %v", a, err)
	}
	_, _, err = ParseAlarmPublish(json.RawMessage(`{"key":"a","state":3.5}`))
	if err == nil || err.Error() != "the parameter state: 3.5 is not an integer" {
		t.Errorf("got %v", err)
	}
	_, _, err = ParseLocationPublish(json.RawMessage(`{"lat":91,"lng":0}`))
	if err == nil || err.Error() != "the parameter lat is not between -90 and 90" {
		t.Errorf("got %v", err)
	}
	_, v, err := ParseAttributePublish(json.RawMessage(`{"key":"n","value":7}`))
	if err != nil || *v.Value != "7" {
		t.Errorf("got %+v, %v", v, err)
	}
}

func TestWhatAClientWritesTheServerReads(t *testing.T) {
	value := Number(1.5)
	raw, err := json.Marshal(PropertyBatch{Thing: ThingKeyOnly("k"), Data: []Property{{Key: "cpu", Value: &value}}})
	if err != nil || string(raw) != `{"thingKey":"k","data":[{"key":"cpu","value":1.5}]}` {
		t.Fatalf("got %s, %v", raw, err)
	}
	b, err := ParsePropertyBatch(raw)
	if err != nil || len(b.Items) != 1 || b.Thing.ThingKey != "k" {
		t.Errorf("got %+v, %v", b, err)
	}
}

func TestMethodExecTakesItsArgumentsUnderEitherName(t *testing.T) {
	for params, want := range map[string]string{
		`{"method":"m","params":{"a":1}}`:                   `{"a":1}`,
		`{"method":"m","parameters":{"a":1}}`:               `{"a":1}`,
		`{"method":"m","params":null,"parameters":{"a":1}}`: `{"a":1}`,
		`{"method":"m","ackTimeout":"30","ttl":-1}`:         ``,
	} {
		var m MethodExec
		if err := Decode(json.RawMessage(params), &m); err != nil || string(m.Arguments()) != want {
			t.Errorf("%s: got %s, %v", params, m.Arguments(), err)
		}
	}
}
