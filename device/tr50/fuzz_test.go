package tr50

import (
	"context"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// FuzzRequest runs arbitrary requests as a device. Every command is answered,
// and none panics: message.command would hide it, so the log is looked at.
func FuzzRequest(f *testing.F) {
	for name := range commands {
		f.Add([]byte(`{"1":{"command":"` + name + `","params":{"key":"k","value":1,"state":1,"msg":"m","lat":1,"lng":2,"id":"x","fileName":"f","tags":["a"],"data":[{"key":"k","value":"1"}]}}}`))
	}
	f.Add([]byte(`{"a":{"command":"property.batch","params":{"data":null}},"a":null,"b":[]}`))
	w := newWorld(f)
	d, err := w.control.Admit(context.Background(), control.Introduction{Key: "gw-1", Password: w.token(fleet.OneTime), AppID: "app", Link: fleet.TR50})
	w.must(err)
	s := &session{id: newID(), device: d.ID, key: d.Key}
	f.Fuzz(func(t *testing.T, payload []byte) {
		for _, topic := range []wire.Topic{{}, {Compressed: true}} {
			request, failure := parseRequest(topic, payload)
			if failure != nil {
				continue
			}
			m, failure := w.handler.begin(t.Context(), t.Context(), s)
			if failure != nil {
				t.Fatal(failure)
			}
			answers := m.run(t.Context(), request.Commands)
			m.offer(t.Context())
			if len(answers) != len(request.Commands) {
				t.Fatalf("%d answers to %d commands", len(answers), len(request.Commands))
			}
			if _, err := (wire.Reply{Answers: answers}).Encode(); err != nil {
				t.Fatal(err)
			}
		}
		if log := w.logs.String(); log != "" {
			t.Fatalf("the server logged a fault: %s", log)
		}
	})
}

// FuzzTopic hands bare values of any topic to the handler.
func FuzzTopic(f *testing.F) {
	f.Add("thing/self/property/k", "1")
	f.Add("thing/self/alarm/k", "x")
	f.Add("thing/self/attribute/k/l", "\x00\xff")
	w := newWorld(f)
	d, err := w.control.Admit(context.Background(), control.Introduction{Key: "gw-1", Password: w.token(fleet.OneTime), AppID: "app", Link: fleet.TR50})
	w.must(err)
	s := &session{id: newID(), device: d.ID, key: d.Key}
	f.Fuzz(func(t *testing.T, topic, value string) {
		in, err := wire.ParseTopic(topic)
		if err != nil || in.Noun == "" {
			return
		}
		if err := w.handler.bareValue(t.Context(), s, in, value); err != nil {
			t.Fatal(err)
		}
		if log := w.logs.String(); log != "" {
			t.Fatalf("the server logged a fault: %s", log)
		}
	})
}
