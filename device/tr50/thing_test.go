package tr50

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

func TestTheIdentifiersOfAThingAreFieldsOfItsUpdate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.enrol("gw-1")
	c.ok("thing.update", `{"name":"Gateway","iccid":"8944","imei":35693803,"esn":"e","meid":"m","imsi":"262","desc":"by the door"}`)
	got := decode[wire.ThingFound](t, c.ok("thing.find", ""))
	for key, want := range map[string]wire.Text{"iccid": "8944", "imei": "35693803", "esn": "e", "meid": "m", "imsi": "262"} {
		if got.Attributes[key].Value != want {
			t.Errorf("%s is %q, want %q", key, got.Attributes[key].Value, want)
		}
	}
	if got.Name != "Gateway" || got.Desc != "by the door" {
		t.Errorf("the rest of the update is lost: %+v", got)
	}
	c.ok("thing.update", `{"imei":null,"unset":["iccid","desc"]}`)
	got = decode[wire.ThingFound](t, c.ok("thing.find", ""))
	if got.Attributes["iccid"].Value != "" || got.Desc != "" || got.Attributes["imei"].Value != "35693803" {
		t.Errorf("after unset: %+v", got)
	}
}

func TestAnIdentifierThatIsNotKnownIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, user := w.enrol("gw-1"), w.user()
	for params, want := range map[string]string{
		`{"iccid":"8944"}`:       "Thing with the iccid 8944 not found",
		`{"msisdn":4915112345}`:  "Thing with the msisdn 4915112345 not found",
		`{"thingId":"77"}`:       "Thing 77 not found",
		`{"thingId":"nonsense"}`: "Thing nonsense not found",
	} {
		if f := c.fails(wire.CodeNotFound, "thing.find", params); f.Message != want {
			t.Errorf("a device is told %q, want %q", f.Message, want)
		}
		if f := w.ask(user, "thing.find", params).Failure; f == nil || f.Code != wire.CodeNotFound || f.Message != want {
			t.Errorf("a user is told %v, want %q", f, want)
		}
	}
	if f := c.fails(wire.CodeNotFound, "thing.update", `{"msisdn":"49"}`); f.Message != "Thing with the msisdn 49 not found" {
		t.Errorf("got %q", f.Message)
	}
}

func TestAUserFindsAThingByItsID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol("gw-1")
	user, id := w.user(), quoted(w.device("gw-1").ID.String())
	for _, params := range []string{`{"id":` + id + `}`, `{"thingId":` + id + `}`} {
		a := w.ask(user, "thing.find", params)
		if a.Failure != nil || decode[wire.ThingFound](t, a.Params).Key != "gw-1" {
			t.Errorf("%s: %s, %v", params, a.Params, a.Failure)
		}
	}
}

func TestAnAliasIsRefusedByItsName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	f := w.ask(w.user(), "method.exec", `{"thingKey":"@cellar","method":"ping"}`).Failure
	if want := "Alias @cellar not found: no aliases are kept here, name the thing by its thingKey"; f == nil || f.Code != wire.CodeNotFound || f.Message != want {
		t.Errorf("got %v, want %q", f, want)
	}
}

func TestThingsAreListedByTheirTags(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.enrol("gw-1").ok("thing.tag.add", `{"tags":["red","north"]}`)
	w.enrol("gw-2").ok("thing.update", `{"tags":["red"]}`)
	w.enrol("gw-3")
	user := w.user()
	for tags, want := range map[string]string{`["red"]`: "gw-1 gw-2", `["north","red"]`: "gw-1", `["r"]`: "", `[]`: "gw-1 gw-2 gw-3"} {
		var keys []string
		for _, found := range decode[wire.ThingListed](t, w.ask(user, "thing.list", `{"tags":`+tags+`}`).Params).Result {
			keys = append(keys, found.Key)
		}
		if got := strings.Join(keys, " "); got != want {
			t.Errorf("%s: got %s, want %s", tags, got, want)
		}
	}
}

func TestNoEditOfTagsIsLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	session := decode[wire.Authenticated](t, w.api(`{`+login("gw-1", w.token(fleet.OneTime))+`}`).Auth.Params).SessionID
	w.control.Store = &meeting{Store: w.store}
	const edits = 10
	var all sync.WaitGroup
	for n := range edits {
		all.Go(func() {
			if f := w.ask([]string{"sessionId", session}, "thing.tag.add", fmt.Sprintf(`{"tags":["tag-%d"]}`, n)).Failure; f != nil {
				t.Error(f)
			}
		})
	}
	all.Wait()
	if tags := fleet.Tags(w.values("gw-1", fleet.Attribute)["tags"].Text).List(); len(tags) != edits {
		t.Errorf("%d of %d tags are left: %v", len(tags), edits, tags)
	}
}

func TestParametersAreCalledAsOnTheWire(t *testing.T) {
	t.Parallel()
	c := newWorld(t).enrol("gw-1")
	for params, want := range map[string]string{
		`{"thingKey":7,"key":"k","value":1}`: "the parameter thingKey cannot be of the type number",
		`{"key":{},"value":1}`:               "the parameter key cannot be of the type object",
	} {
		if f := c.fails(wire.CodeBadParameter, "property.publish", params); f.Message != want {
			t.Errorf("%s: got %q, want %q", params, f.Message, want)
		}
	}
	if f := c.fails(wire.CodeBadParameter, "thing.find", `{"thingKey":true}`); f.Message != "the parameter thingKey cannot be of the type bool" {
		t.Errorf("got %q", f.Message)
	}
}

func TestAnUploadUnderANameThatNoFileHasGetsNoTicket(t *testing.T) {
	t.Parallel()
	c := newWorld(t).enrol("gw-1")
	for _, name := range []string{"", "a/b", "..", "a\tb", strings.Repeat("x", fleet.MaxFileName+1)} {
		f := c.fails(wire.CodeBadParameter, "file.put", `{"fileName":`+quoted(name)+`}`)
		if f.Message != "a file name has 1 to 255 printable characters and no slash" {
			t.Errorf("%q: got %q", name, f.Message)
		}
	}
}

func TestAWrongPasswordOfAUserIsCalledSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for params, want := range map[string]string{
		`{"username":"admin","password":"wrong"}`: "cannot sign in: name or password is wrong",
		`{}`: "api.authenticate needs thingKey, appToken and appId, or username and password",
	} {
		a := w.api(`{"auth":{"command":"api.authenticate","params":` + params + `}}`).Auth
		if a == nil || a.Failure == nil || a.Failure.Code != wire.CodeNotAuthenticated || a.Failure.Message != want {
			t.Errorf("%s: got %+v, want %q", params, a, want)
		}
	}
}
