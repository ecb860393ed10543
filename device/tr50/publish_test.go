package tr50

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

func TestNullFieldsAreAbsentFields(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	c.ok("attribute.batch", `{"thingKey":null,"data":[{"key":"a","value":"1","ts":null,"republish":null,"corrId":null}]}`)
	if v := w.values("gw-1", fleet.Attribute)["a"]; v.Text != "1" || !v.At.Equal(w.clock.Now()) {
		t.Errorf("got %+v", v)
	}
	c.ok("mailbox.check", "null")
}

func TestTheLastOfDuplicateKeysWins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("b.bin", []byte("content"))
	// libtr50 sends fileName twice.
	w.enrol("gw-1").ok("file.get", `{"fileName":"a.bin","global":true,"fileName":"b.bin"}`)
}

func TestOuterJunkOfABatchIsIgnored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	c.ok("property.batch", `{"thingKey":"gw-1","key":"property_batch","value":"Property Batch","ts":"junk","data":[{"key":"p","value":1,"corrid":"x"}]}`)
	c.ok("location.batch", `{"lat":"location_batch","lng":"Location Batch","data":[{"lat":48.1,"lng":11.5}]}`)
	c.ok("alarm.batch", `{"key":"alarm_batch","state":0,"republish":false,"data":[{"key":"a","state":1,"msg":"m","republish":false}]}`)
	if v := w.values("gw-1", fleet.Property)["p"]; v.Number != 1 {
		t.Errorf("got %+v", v)
	}
	if got := decode[wire.Location](t, c.ok("location.current", "")); *got.Lat != 48.1 || *got.Lng != 11.5 || got.TS.IsZero() {
		t.Errorf("got %+v", got)
	}
}

func TestABatchStopsAtItsFirstErrorAndKeepsWhatCameBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	c.fails(wire.CodeBadParameter, "property.batch", `{"data":[{"key":"a","value":1},{"key":"b","value":"x"},{"key":"c","value":3}]}`)
	got := w.values("gw-1", fleet.Property)
	if _, ok := got["c"]; ok || got["a"].Number != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestAPropertyMayBeANumericString(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	c.ok("property.publish", `{"key":"t","value":"21.5"}`)
	if got := decode[wire.PropertyValue](t, c.ok("property.current", `{"key":"t"}`)); got.Value != 21.5 {
		t.Errorf("got %v, want 21.5", got.Value)
	}
}

func TestAlarmsAreOrderedByTheirTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	at := func(n int) string {
		return quoted(w.clock.Now().Add(time.Duration(n-10) * time.Second).Format("2006-01-02T15:04:05.000000Z"))
	}
	c.ok("alarm.batch", `{"data":[{"key":"u","state":3,"ts":`+at(3)+`},{"key":"u","state":1,"ts":`+at(1)+`}]}`)
	c.ok("alarm.publish", `{"key":"u","state":2,"ts":`+at(2)+`}`)
	if got := decode[wire.AlarmValue](t, c.ok("alarm.current", `{"key":"u"}`)); got.State != 3 || *got.Duration != 7 {
		t.Errorf("the alarm is %v for %v s, want 3 for 7 s", got.State, *got.Duration)
	}
	got := decode[wire.Values[wire.AlarmValue]](t, c.ok("alarm.history", `{"key":"u"}`)).Values
	if len(got) != 3 || got[0].State != 1 || got[1].State != 2 || got[2].State != 3 {
		t.Errorf("the history is %+v", got)
	}
}

func TestALongBatchOfAlarmsIsOrderedByTheirTimeAsAWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	item := func(key string, state, second int) string {
		ts := quoted(w.clock.Now().Add(time.Duration(second-10) * time.Second).Format("2006-01-02T15:04:05.000000Z"))
		return fmt.Sprintf(`{"key":%q,"state":%d,"ts":%s}`, key, state, ts)
	}
	items := []string{item("u", 1, 3)}
	for range maxContact { // what follows is another contact
		items = append(items, item("other", 1, 4))
	}
	items = append(items, item("u", 1, 1), item("u", 2, 2))
	c.ok("alarm.batch", `{"data":[`+strings.Join(items, ",")+`]}`)
	got := decode[wire.Values[wire.AlarmValue]](t, c.ok("alarm.history", `{"key":"u"}`)).Values
	if len(got) != 3 || got[0].State != 1 || got[1].State != 2 || got[2].State != 1 {
		t.Errorf("the history is %+v, want the states 1, 2, 1", got)
	}
}

func TestARepeatedAlarmIsKeptOnlyWhenRepublished(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	publish := func(republish string) {
		w.clock.Advance(time.Second)
		c.ok("alarm.publish", `{"key":"a","state":1.0,"msg":"x","republish":`+republish+`}`)
	}
	publish("false")
	publish("false")
	if got := w.history("gw-1", fleet.Alarm, "a"); len(got) != 1 {
		t.Fatalf("the history has %d records, want 1", len(got))
	}
	for range 4 {
		publish("true")
	}
	if got := w.history("gw-1", fleet.Alarm, "a"); len(got) != 5 {
		t.Errorf("the history has %d records, want 5", len(got))
	}
}

func TestWhatOneMessagePublishesIsReadableInIt(t *testing.T) {
	t.Parallel()
	c := newWorld(t).enrol("gw-1")
	reply := c.ask("api/1", `{"1":{"command":"property.publish","params":{"key":"t","value":7}},"2":{"command":"property.current","params":{"key":"t"}},"3":{"command":"property.history","params":{"key":"t","records":5}}}`)
	if a, _ := reply.Answer("2"); a.Failure != nil || decode[wire.PropertyValue](t, a.Params).Value != 7 {
		t.Errorf("got %+v", a)
	}
	if a, _ := reply.Answer("3"); a.Failure != nil || len(decode[wire.Values[wire.PropertyValue]](t, a.Params).Values) != 1 {
		t.Errorf("got %+v", a)
	}
}

func TestATimestampHasAFractionAndZ(t *testing.T) {
	t.Parallel()
	c := newWorld(t).enrol("gw-1")
	c.ok("attribute.publish", `{"key":"a","value":"x","ts":"2026-11-21T19:21:16+01:00"}`)
	if got := string(c.ok("attribute.current", `{"key":"a"}`)); got != `{"value":"x","ts":"2026-11-21T18:21:16.000000Z"}` {
		t.Errorf("got %s", got)
	}
}

func TestBareValuesAreTakenFromTheirTopics(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	c.deliver("thing/self/property/temperature", "21.5")
	c.deliver("thing/gw-1/attribute/room", "cellar")
	c.deliver("thing/self/alarm/door", "1")
	c.deliver("thing/gw-2/property/temperature", "99")
	c.deliver("thing/self/property/temperature", "warm")
	c.deliver("no/such/topic", "x")
	if v := w.values("gw-1", fleet.Property)["temperature"]; v.Number != 21.5 {
		t.Errorf("the property is %+v", v)
	}
	if v := w.values("gw-1", fleet.Attribute)["room"]; v.Text != "cellar" {
		t.Errorf("the attribute is %+v", v)
	}
	if v := w.values("gw-1", fleet.Alarm)["door"]; v.Number != 1 {
		t.Errorf("the alarm is %+v", v)
	}
}

func TestAnotherThingIsNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol("gw-1")
	c := w.enrol("gw-2")
	for command, params := range map[string]string{
		"property.publish": `{"thingKey":"gw-1","key":"k","value":1}`, "property.batch": `{"thingKey":"gw-1","data":[]}`,
		"property.current": `{"thingKey":"gw-1","key":"k"}`, "attribute.publish": `{"thingKey":"gw-1","key":"k","value":"1"}`,
		"alarm.publish": `{"thingKey":"gw-1","key":"k","state":1}`, "location.publish": `{"thingKey":"gw-1","lat":1,"lng":1}`,
		"log.publish": `{"thingKey":"gw-1","msg":"m"}`, "log.list": `{"thingKey":"gw-1"}`, "thing.find": `{"key":"gw-1"}`,
		"thing.update": `{"key":"gw-1","name":"x"}`, "thing.tag.add": `{"thingKey":"gw-1","tags":["x"]}`,
		"file.get": `{"thingKey":"gw-1","fileName":"f"}`, "file.put": `{"thingKey":"gw-1","fileName":"f"}`, "file.list": `{"thingKey":"gw-1"}`,
		"thing.attr.unset": `{"thingKey":"gw-1","key":"k"}`, "alarm.history": `{"thingKey":"gw-1","key":"k"}`,
	} {
		c.fails(wire.CodeNotFound, command, params)
	}
	if got := w.values("gw-1", fleet.Property); len(got) != 0 {
		t.Errorf("the other thing has %+v", got)
	}
}

func TestEveryMessageIsAContact(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	for _, command := range []string{"diag.ping", "mailbox.check", "property.current", "no.such"} {
		at := w.clock.Advance(time.Minute)
		c.call(command, "")
		if seen := w.device("gw-1").LastSeenAt; !seen.Equal(at) {
			t.Errorf("after %s the device was last seen at %s, want %s", command, seen, at)
		}
	}
}

func TestLogLinesAreKeptInTheirOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	c.ask("api/1", `{"1":{"command":"log.publish","params":{"msg":"one","level":0}},"2":{"command":"log.publish","params":{"msg":"two"}},"3":{"command":"log.publish","params":{"msg":"three","level":"9","global":true}}}`)
	got := decode[wire.Result[wire.LogLine]](t, c.ok("log.list", "")).Result
	if len(got) != 3 || got[0].Msg != "one" || got[0].Level != 0 || got[1].Level != 2 || got[2].Msg != "three" || got[2].Level != 2 {
		t.Errorf("got %+v", got)
	}
}

func TestAThingDescribesItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	c.ok("thing.update", `{"key":"gw-1","name":"Gateway in the cellar","desc":"by the door"}`)
	c.ok("thing.tag.add", `{"tags":["b","a"]}`)
	c.ok("thing.tag.add", `{"tags":["c","a"]}`)
	c.ok("thing.tag.delete", `{"tags":["b"]}`)
	c.ok("thing.attr.set", `{"key":"room","value":12}`)
	if got := decode[wire.AttributeValue](t, c.ok("thing.attr.get", `{"key":"room"}`)); got.Value != "12" {
		t.Errorf("got %+v", got)
	}
	c.ok("property.publish", `{"key":"t","value":1}`)
	c.ok("alarm.publish", `{"key":"a","state":2}`)
	got := decode[wire.ThingFound](t, c.ok("thing.find", ""))
	if got.Name != "Gateway in the cellar" || got.Desc != "by the door" || strings.Join(got.Tags, " ") != "a c" || !got.Connected ||
		got.Attributes["room"].Value != "12" || got.Properties["t"].Value != 1 || got.Alarms["a"].State != 2 {
		t.Errorf("got %+v", got)
	}
	c.ok("thing.attr.unset", `{"key":"room"}`)
	if got := decode[wire.AttributeValue](t, c.ok("thing.attr.get", `{"key":"room"}`)); got.Value != "" {
		t.Errorf("the attribute is %q after it was unset", got.Value)
	}
	c.fails(wire.CodeNotFound, "thing.attr.get", `{"key":"none"}`)
}

func TestLimitsAreAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	c.fails(wire.CodeLimit, "property.publish", `{"key":"`+strings.Repeat("k", maxKey+1)+`","value":1}`)
	many := strings.Repeat(`{"key":"k","value":1},`, wire.MaxBatchItems)
	c.ok("property.batch", `{"data":[`+strings.TrimSuffix(many, ",")+`]}`)
	c.fails(wire.CodeBadParameter, "property.batch", `{"data":[`+many+`{"key":"k","value":1}]}`)
	c.fails(wire.CodeLimit, "thing.update", `{"tags":[`+strings.Repeat(`"x",`, 1)+quotedTags(maxTags)+`]}`)
}

func quotedTags(n int) string {
	var tags []string
	for i := range n {
		tags = append(tags, quoted(strings.Repeat("t", i+1)))
	}
	return strings.Join(tags, ",")
}

func TestSessionsAndDiagnosticsAreAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	if got := decode[wire.DiagTime](t, c.ok("diag.time", "")); got.Time != w.clock.Now().UnixMilli() {
		t.Errorf("the time is %d", got.Time)
	}
	if got := string(c.ok("diag.echo", `{"any":[1,"x"]}`)); got != `{"any":[1,"x"]}` {
		t.Errorf("the echo is %s", got)
	}
	if got := decode[wire.SessionInfo](t, c.ok("session.info", "")); got.HasOrgAdmin {
		t.Error("a thing is an administrator")
	}
	c.ok("session.org.list", "")
	c.ok("session.org.switch", `{"key":"sluice"}`)
	c.fails(wire.CodeNotFound, "session.org.switch", `{"key":"other"}`)
	c.fails(wire.CodeNotAuthorised, "user.find", `{"username":"admin"}`)
	c.fails(wire.CodeNotAuthorised, "thing.list", "")
}

func TestAClockThatIsAheadDoesNotOutlastLaterValues(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	c.ok("property.publish", `{"key":"t","value":1,"ts":"2099-01-01T00:00:00Z"}`)
	w.clock.Advance(time.Second)
	c.ok("property.publish", `{"key":"t","value":2}`)
	if v := w.values("gw-1", fleet.Property)["t"]; v.Number != 2 {
		t.Errorf("the current value is %v, want 2", v.Number)
	}
}

func TestAReplyThatIsTooLargeIsRefusedAndTheConnectionGoesOn(t *testing.T) {
	t.Parallel()
	c := newWorld(t).enrol("gw-1")
	twice := func(size int) wire.Reply {
		echo := `{"command":"diag.echo","params":"` + strings.Repeat("x", size) + `"}`
		return c.ask("api/1", `{"1":`+echo+`,"2":`+echo+`}`)
	}
	if reply := twice(400 << 10); reply.Failure != nil {
		t.Fatalf("800 KiB: %v", reply.Failure)
	}
	if reply := twice(460 << 10); reply.Failure == nil || reply.Failure.Code != wire.CodeLimit {
		t.Errorf("920 KiB: %+v", reply.Failure)
	}
	c.ok("diag.ping", "")
}

func TestTheLogOfAnUnsetClockIsKeptByItsArrival(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	c.ok("log.publish", `{"msg":"hello","ts":"1970-01-01T00:00:09Z"}`)
	sweep := func() int {
		_, err := w.control.Sweep(t.Context())
		w.must(err)
		return len(decode[wire.Result[wire.LogLine]](t, c.ok("log.list", "")).Result)
	}
	if n := sweep(); n != 1 {
		t.Errorf("%d lines are left of a log that has just arrived, want 1", n)
	}
	w.clock.Advance(91 * 24 * time.Hour)
	if n := sweep(); n != 0 {
		t.Errorf("%d lines are left after 91 days, want none", n)
	}
}
