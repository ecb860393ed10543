package control_test

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

func TestMailIsHandedOutOnceASession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device("gw", "m")
	for _, method := range []string{"one", "two", "three"} {
		_, err := w.Exec(t.Context(), w.admin, d.ID, method, json.RawMessage(`{}`), 0)
		w.must(err)
	}
	first, more, err := w.CheckMail(t.Context(), d.ID, "s1", control.Room{Messages: 1, Bytes: 1 << 20})
	if err != nil || len(first) != 1 || !more || !strings.Contains(string(first[0].Params), `"one"`) {
		t.Fatalf("got %v, %v, %v", first, more, err)
	}
	if rest := w.mail(d, "s1"); len(rest) != 2 {
		t.Errorf("got %d messages", len(rest))
	}
	if again := w.mail(d, "s1"); len(again) != 0 {
		t.Errorf("handed out twice in a session: %v", again)
	}
	w.must(w.Progress(t.Context(), d.ID, first[0].ID, "", "Invoked"))
	if later := w.mail(d, "s2"); len(later) != 2 {
		t.Errorf("a later session got %d messages, the device works on one of three", len(later))
	}
	w.ack(d, first[0].ID, 0, "")
	w.ack(d, first[0].ID, 0, "")
}

func TestMailExpiresAndIsNobodyElses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, other := w.device("gw", "m"), w.device("other", "m")
	m, err := w.Exec(t.Context(), w.admin, d.ID, "ping", json.RawMessage(`{}`), time.Minute)
	w.must(err)
	err = w.Acknowledge(t.Context(), other.ID, m.ID, fleet.Answer{}, judge)
	refused(t, err, fleet.NotFound, "Message "+m.ID+" not found")
	w.clock.Advance(time.Minute)
	if mail := w.mail(d, "s"); len(mail) != 0 {
		t.Errorf("got %v", mail)
	}
}

func TestWhoWaitsForAnAnswerGetsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device("gw", "m")
	rung := make(chan struct{}, 1)
	offline := w.Online(d.ID, control.Bell{Ring: func() { rung <- struct{}{} }})
	m, err := w.Exec(t.Context(), w.admin, d.ID, "ping", json.RawMessage(`{}`), time.Minute)
	w.must(err)
	<-rung
	got := make(chan fleet.Answer, 1)
	go func() {
		a, err := w.AwaitAnswer(t.Context(), m.ID)
		if err != nil {
			t.Error(err)
		}
		got <- a
	}()
	w.must(w.Acknowledge(t.Context(), d.ID, m.ID, fleet.Answer{ErrorCode: 4, ErrorMessage: "no"}, judge))
	if a := <-got; a.ErrorCode != 4 || a.ErrorMessage != "no" {
		t.Errorf("got %+v", a)
	}
	offline()
	if w.Connected(d.ID) {
		t.Error("still connected")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	m, err = w.Exec(t.Context(), w.admin, d.ID, "ping", json.RawMessage(`{}`), time.Minute)
	w.must(err)
	if _, err := w.AwaitAnswer(gone, m.ID); err == nil {
		t.Error("a caller that left was answered")
	}
}

func TestAMailboxIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device("gw", "m")
	var err error
	for n := 0; err == nil && n < 300; n++ {
		_, err = w.Exec(t.Context(), w.admin, d.ID, "ping", json.RawMessage(`{}`), 0)
	}
	refused(t, err, fleet.Conflict, "cannot send method.exec to gw: 256 messages wait already")
}

func TestWhatAPersonSendsIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device("gw", "m")
	params := json.RawMessage(`"` + strings.Repeat("x", 8190) + `"`)
	_, err := w.SendMail(t.Context(), w.admin, d.ID, "custom", params, 0)
	w.must(err)
	_, err = w.SendMail(t.Context(), w.admin, d.ID, "custom", append(params, ' '), 0)
	refused(t, err, fleet.Invalid, "cannot send custom to gw: method and parameters have 8193 bytes, at most 8192 go into a message")
	_, err = w.Exec(t.Context(), w.admin, d.ID, strings.Repeat("m", 8192), nil, 0)
	if fleet.CodeOf(err) != fleet.Invalid {
		t.Errorf("a long method: got %v", err)
	}
	_, err = w.SendMail(t.Context(), w.admin, d.ID, strings.Repeat("c", 129), nil, 0)
	refused(t, err, fleet.Invalid, "cannot send a command to gw: its name has 1 to 128 printable characters")
}

func TestADeviceHasABoundOfKeysAndStaysInContact(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device("gw", "m")
	w.update(w.release("r", "1", "m"), "gw")
	values := make([]fleet.Value, fleet.MaxKeys)
	for i := range values {
		values[i] = fleet.Value{Kind: fleet.Property, Key: strconv.Itoa(i)}
	}
	w.contact(d, values...)
	w.clock.Advance(time.Minute)
	answer, err := w.Contact(t.Context(), control.Contact{DeviceID: d.ID, At: w.clock.Now(), Telemetry: true,
		Values: []fleet.Value{{Kind: fleet.Property, Key: "one more"}, {Kind: fleet.Property, Key: "7", Number: 7}}})
	refused(t, err, fleet.Conflict, `cannot keep the property "one more": the device has published 1000 keys of that kind, and no more are kept`)
	seven, err := w.Value(t.Context(), w.admin, d.ID, fleet.Property, "7")
	if seven.Number != 7 || err != nil || !answer.Pending || !w.deviceOf("gw").LastSeenAt.Equal(w.clock.Now()) {
		t.Errorf("got %+v, %v, pending %v", seven, err, answer.Pending)
	}
}

func TestWhatADevicePublishesIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device("gw", "m")
	_, err := w.Contact(t.Context(), control.Contact{DeviceID: d.ID, At: start, Values: make([]fleet.Value, 1001)})
	refused(t, err, fleet.Invalid, "more than 1000 values in one message")
	_, err = w.Contact(t.Context(), control.Contact{DeviceID: d.ID, At: start, Values: []fleet.Value{{Kind: fleet.Property, Key: strings.Repeat("k", 129)}}})
	refused(t, err, fleet.Invalid, "the key of a property has 1 to 128 bytes")
	w.contact(d, fleet.Value{Kind: fleet.Attribute, Key: "note", Text: "bad\x00\xff text"})
	values, err := w.Values(t.Context(), w.admin, d.ID, fleet.Attribute)
	w.must(err)
	for _, v := range values {
		if v.Key == "note" && v.Text != "bad \uFFFD text" {
			t.Errorf("got %q", v.Text)
		}
	}
}
