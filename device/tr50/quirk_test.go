package tr50

import (
	"testing"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
)

// What the clients in the field were seen to send (TR50 1.1 and 1.8).

func TestTheWindRiverPythonClientStartsUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const key = "5fd8ac2b-9e1f-4a2c-9f6e-0d3a5a1f6c11-device_manager_py"
	c := w.connect(hello{id: key, user: key, password: w.token(fleet.Application)})
	reply := c.ask("api/0001", `{"1":{"command":"attribute.batch","params":{"thingKey":"`+key+`","key":"attribute_batch","value":"Attribute Batch","ts":"2026-11-21T19:21:16.675277Z","data":[{"key":"os_name","value":"debian (GNU/Linux)","ts":"2026-11-21T19:21:16.675277Z","republish":null},{"key":"architecture","value":"x86_64","ts":"2026-11-21T19:21:16.675290Z","republish":null}]}}}`)
	if a, _ := reply.Answer("1"); a.Failure != nil {
		t.Fatal(a.Failure)
	}
	if d := w.device(key); d.OS != "debian (GNU/Linux)" || d.Architecture != "x86_64" {
		t.Errorf("the device is %+v", d)
	}
	for range 2 {
		c.ask("api/0002", `{"1":{"command":"log.publish","params":{"thingKey":"`+key+`","msg":"OTA: Started","ts":"2026-11-21T19:21:16.675277Z","level":2,"global":false}},"2":{"command":"log.publish","params":{"thingKey":"`+key+`","msg":"OTA: Downloading","level":2}}}`)
	}
	if n := len(w.lines(key)); n != 4 {
		t.Errorf("the log has %d lines, want 4", n)
	}
}

func TestTheWindRiverCClientUsesTheBareTopic(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.file("a.bin", content(10))
	c := w.connect(hello{id: "the-app", user: "gw-1", password: w.token(fleet.OneTime)})
	c.send(packet(0x82, append(text([]byte{0, 9}, "reply/#"), 1)))
	if kind, body := c.read(); kind != 0x90 || body[1] != 9 {
		t.Fatalf("got packet %#x % x, want SUBACK", kind, body)
	}
	w.mail("gw-1", "ping")
	c.expectNotify()
	reply := c.ask("api", `{"check":{"command":"mailbox.check","params":{"limit":1,"autoComplete":false}}}`)
	if a, ok := reply.Answer("check"); !ok || len(decode[wire.Mailbox](t, a.Params).Messages) != 1 {
		t.Errorf("got %+v", reply)
	}
	reply = c.ask("api", `{"257":{"command":"file.get","params":{"global":true,"fileName":"a.bin","thingKey":"gw-1"}}}`)
	if a, ok := reply.Answer("257"); !ok || a.Failure != nil {
		t.Errorf("got %+v", reply)
	}
	c.ok("alarm.publish", `{"key":"software_update","state":2.0,"msg":"package: x"}`)
	c.expectQuiet() // a subscription doubles nothing
}

func TestLibtr50ChecksUntilItsMailboxIsEmpty(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const key = "a-thing-key-of-more-than-23-characters"
	c := w.connect(hello{name: "MQIsdp", level: 3, kept: true, id: key[:23], user: key, password: w.token(fleet.OneTime)})
	w.mail(key, "one")
	w.mail(key, "two")
	c.expectNotify()
	handed := 0
	for {
		reply := c.ask("api/1", `{"1":{"command":"mailbox.check"}}`)
		a, _ := reply.Answer("1")
		mail := decode[wire.Mailbox](t, a.Params).Messages
		if len(mail) == 0 {
			break
		}
		for _, m := range mail {
			handed++
			c.ask("api/8", `{"1":{"command":"mailbox.ack","params":{"id":"`+m.ID+`","params":{"r":"ok"}}}}`)
		}
	}
	if handed != 2 {
		t.Errorf("%d messages were handed out, want 2", handed)
	}
}

func TestIntelsClientSendsNumbersAsStrings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.connect(hello{id: "intel-manageability", user: "gw-1", password: w.token(fleet.OneTime)})
	reply := c.ask("api/7c9e", `{"cmd":{"command":"property.publish","params":{"thingKey":"gw-1","key":"cpu","value":"12.5"}}}`)
	if a, ok := reply.Answer("cmd"); !ok || a.Failure != nil {
		t.Errorf("got %+v", reply)
	}
}
