package mqtt

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// A code of -1 is an end without CONNACK.
func TestConnectIsAnsweredByTheRules(t *testing.T) {
	h := newTestHandler()
	h.connect = func(_ *Conn, in Connect) Code {
		switch in.Username {
		case "stranger":
			return BadLogin
		case "locked":
			return NotAuthorised
		case "panic":
			panic("a defect")
		}
		return Accepted
	}
	_, addr := startServer(t, h, Limits{StringBytes: 100})
	long := strings.Repeat("x", 64)
	for name, c := range map[string]struct {
		packet connectPacket
		code   int
	}{
		"3.1.1":                            {connectPacket{id: "a", flags: flagClean}, 0},
		"3.1":                              {connectPacket{name: "MQIsdp", level: 3, id: "a"}, 0},
		"clean=0":                          {connectPacket{id: "a"}, 0},
		"an id above 23 bytes":             {connectPacket{name: "MQIsdp", level: 3, id: long}, 0},
		"no id, clean, 3.1.1":              {connectPacket{flags: flagClean}, 0},
		"no id, clean=0":                   {connectPacket{}, 2},
		"no id, 3.1":                       {connectPacket{name: "MQIsdp", level: 3, flags: flagClean}, 2},
		"MQTT 5":                           {connectPacket{level: 5, id: "a"}, 1},
		"3.1 with the level of 3.1.1":      {connectPacket{name: "MQIsdp", level: 4, id: "a"}, 1},
		"bad login":                        {connectPacket{id: "a", user: "stranger", password: "x"}, 4},
		"not authorised":                   {connectPacket{id: "a", user: "locked"}, 5},
		"a handler that panics":            {connectPacket{id: "a", user: "panic"}, 3},
		"a 3.1 user flag without a user":   {connectPacket{name: "MQIsdp", level: 3, id: "a", flags: flagUsername}, 0},
		"a 3.1.1 user flag without a user": {connectPacket{id: "a", flags: flagUsername}, -1},
		"password without user":            {connectPacket{id: "a", password: "x"}, -1},
		"reserved flag":                    {connectPacket{id: "a", flags: 1}, -1},
		"will QoS without will":            {connectPacket{id: "a", flags: 0x08}, -1},
		"unknown protocol":                 {connectPacket{name: "HTTP", id: "a"}, -1},
		"an id that is not UTF-8":          {connectPacket{id: "\xff"}, -1},
		"an id with NUL":                   {connectPacket{id: "a\x00"}, -1},
		"an id beyond the limit":           {connectPacket{id: strings.Repeat("x", 101)}, -1},
	} {
		client := dialRaw(t, addr)
		client.send(c.packet.encode())
		if c.code >= 0 {
			client.expect([]byte{0x20, 2, 0, byte(c.code)})
		}
		if c.code == 0 {
			client.send(disconnectPacket)
			<-h.closed
		}
		t.Log(name)
		client.expectEnd()
	}
	if n := len(h.closed); n != 0 {
		t.Errorf("Closed was called %d times for refused clients", n)
	}
}

func TestAWillIsReadAndDropped(t *testing.T) {
	h := newTestHandler()
	var got Connect
	h.connect = func(_ *Conn, in Connect) Code { got = in; return Accepted }
	_, addr := startServer(t, h, Limits{})
	body := appendText(nil, "MQTT")
	body = append(body, 4, flagWill|flagWillRetain|flagUsername|flagPassword, 0, 60)
	for _, s := range []string{"id", "will/topic", "will", "user", "secret"} {
		body = appendText(body, s)
	}
	c := dialRaw(t, addr)
	c.send(frame(typeConnect<<4, body))
	c.expect([]byte{0x20, 2, 0, 0})
	if got.ClientID != "id" || got.Username != "user" || string(got.Password) != "secret" || got.KeepAlive != time.Minute || got.Clean || got.TLS {
		t.Errorf("got %+v", got)
	}
}

func TestAPacketAgainstTheRulesClosesItsConnectionOnly(t *testing.T) {
	h := newTestHandler()
	_, addr := startServer(t, h, Limits{PacketBytes: 1000, StringBytes: 100})
	bystander := dialRaw(t, addr).connect(connectPacket{id: "bystander"})
	for name, packet := range map[string][]byte{
		"a second CONNECT":             connectPacket{id: "x"}.encode(),
		"QoS 2":                        frame(0x34, append(appendText(nil, "api"), 0, 1)),
		"QoS 3":                        frame(0x36, append(appendText(nil, "api"), 0, 1)),
		"PUBREL":                       {0x62, 2, 0, 1},
		"dup at QoS 0":                 frame(0x38, appendText(nil, "api")),
		"packet id 0":                  frame(0x32, append(appendText(nil, "api"), 0, 0)),
		"no topic":                     publishPacket("", "x", 0),
		"wildcard in a topic":          publishPacket("api/#", "x", 0),
		"plus in a topic":              publishPacket("a+", "x", 0),
		"NUL in a topic":               publishPacket("a\x00", "x", 0),
		"bad UTF-8 in a topic":         publishPacket("\xc3\x28", "x", 0),
		"a topic beyond the limit":     publishPacket(strings.Repeat("x", 101), "x", 0),
		"a topic beyond the packet":    {0x30, 3, 0, 9, 'a'},
		"a packet beyond the limit":    {0x30, 0xe9, 0x07}, // 1001
		"a length of five bytes":       {0x30, 0xff, 0xff, 0xff, 0xff, 0x01},
		"type 0":                       {0x00, 0},
		"type 15":                      {0xf0, 0},
		"CONNACK from a client":        {0x20, 2, 0, 0},
		"flags on PINGREQ":             {0xc1, 0},
		"SUBSCRIBE without its flags":  frame(0x80, append([]byte{0, 1}, append(appendText(nil, "a"), 0)...)),
		"SUBSCRIBE without filters":    {0x82, 2, 0, 1},
		"SUBSCRIBE at QoS 3":           frame(0x82, append([]byte{0, 1}, append(appendText(nil, "a"), 3)...)),
		"SUBSCRIBE with a bad filter":  subscribePacket(1, "a/#/b"),
		"UNSUBSCRIBE without filters":  {0xa2, 2, 0, 1},
		"SUBSCRIBE that is cut":        {0x82, 5, 0, 1, 0, 9, 'a'},
		"SUBSCRIBE with packet id 0":   subscribePacket(0, "a"),
		"SUBSCRIBE with empty filter":  subscribePacket(1, ""),
		"UNSUBSCRIBE with hash inside": frame(0xa2, append([]byte{0, 1}, appendText(nil, "a#")...)),
	} {
		t.Log(name)
		c := dialRaw(t, addr).connect(connectPacket{id: "x"})
		c.send(packet)
		c.expectEnd()
		h.expectClosed(t, ErrMalformed)
	}
	bystander.send(pingPacket)
	bystander.expect(pongPacket)
}

func TestSubscribingChangesNothing(t *testing.T) {
	_, addr := startServer(t, newTestHandler(), Limits{})
	c := dialRaw(t, addr).connect(connectPacket{id: "x"})
	c.send(subscribePacket(10, "reply/#", "replyz/#", "notify/#", "thing/+/property/x"))
	c.expect([]byte{0x90, 6, 0, 10, 1, 1, 1, 1})
	c.send(publishPacket("api/1", "once", 0), pingPacket)
	c.expect(publishPacket("reply/1", "once", 0))
	c.expect(pongPacket)
	c.send(frame(0xa2, append([]byte{0, 11}, appendText(nil, "reply/#")...)))
	c.expect([]byte{0xb0, 2, 0, 11})
	c.send(publishPacket("api/2", "still", 0))
	c.expect(publishPacket("reply/2", "still", 0))
}

func TestAPubackOfTheClientIsIgnored(t *testing.T) {
	_, addr := startServer(t, newTestHandler(), Limits{})
	c := dialRaw(t, addr).connect(connectPacket{id: "x", name: "MQIsdp", level: 3})
	c.send(puback(0), puback(999), []byte{0x40, 0}, pingPacket)
	c.expect(pongPacket)
}

func TestAnMQTT31ClientMaySetOpenFlags(t *testing.T) {
	_, addr := startServer(t, newTestHandler(), Limits{})
	c := dialRaw(t, addr).connect(connectPacket{id: "x", name: "MQIsdp", level: 3})
	subscribe := subscribePacket(3, "reply/#")
	subscribe[0] = 0x8a // QoS 1 and dup
	c.send(subscribe, []byte{0xc2, 0})
	c.expect([]byte{0x90, 3, 0, 3, 1})
	c.expect(pongPacket)
}

func TestTheFirstPacketIsASmallConnectInTime(t *testing.T) {
	h := newTestHandler()
	_, addr := startServer(t, h, Limits{ConnectTimeout: 100 * time.Millisecond})
	for name, packet := range map[string][]byte{
		"nothing":         nil,
		"half a CONNECT":  connectPacket{id: "abc"}.encode()[:9],
		"PINGREQ":         pingPacket,
		"16 KiB and more": {0x10, 0x81, 0x80, 0x01},
		"HTTP":            []byte("GET / HTTP/1.1\r\n\r\n"),
	} {
		t.Log(name)
		c := dialRaw(t, addr)
		c.send(packet)
		c.expectEnd()
	}
}

func TestASilentClientIsClosedAfterTwiceItsKeepAlive(t *testing.T) {
	t.Parallel()
	h := newTestHandler()
	_, addr := startServer(t, h, Limits{})
	c := dialRaw(t, addr).connect(connectPacket{id: "x", keepAlive: 1})
	start := time.Now()
	c.expectEnd()
	if took := time.Since(start); took < 1900*time.Millisecond {
		t.Errorf("closed after %v, want 2 s", took)
	}
	h.expectClosed(t, ErrSilent)
}

func TestAClientWithoutKeepAliveHasTheServersLimit(t *testing.T) {
	h := newTestHandler()
	_, addr := startServer(t, h, Limits{Silence: 50 * time.Millisecond})
	dialRaw(t, addr).connect(connectPacket{id: "x"}).expectEnd()
	h.expectClosed(t, ErrSilent)
}

func TestALostConnectionIsNotADisconnect(t *testing.T) {
	h := newTestHandler()
	_, addr := startServer(t, h, Limits{})
	dialRaw(t, addr).connect(connectPacket{id: "x"}).Close()
	h.expectClosed(t, ErrLost)
}

func TestAMessageThatIsNotAcceptedGetsNoPuback(t *testing.T) {
	h := newTestHandler()
	full := errors.New("the disk is full")
	h.message = func(context.Context, *Conn, string, []byte) error { return full }
	_, addr := startServer(t, h, Limits{})
	c := dialRaw(t, addr).connect(connectPacket{id: "x"})
	c.send(publishPacket("api/1", "x", 1))
	c.expectEnd()
	h.expectClosed(t, full)
}

func TestAPanicOfTheHandlerEndsOneConnection(t *testing.T) {
	h := newTestHandler()
	h.message = func(_ context.Context, _ *Conn, topic string, _ []byte) error {
		if topic == "api/bad" {
			panic("a defect")
		}
		return nil
	}
	_, addr := startServer(t, h, Limits{})
	good := dialRaw(t, addr).connect(connectPacket{id: "good"})
	bad := dialRaw(t, addr).connect(connectPacket{id: "bad"})
	bad.send(publishPacket("api/bad", "x", 1))
	bad.expectEnd()
	if err := <-h.closed; err == nil || !strings.HasPrefix(err.Error(), "internal error") {
		t.Errorf("got %v", err)
	}
	good.send(publishPacket("api/1", "x", 2))
	good.expect(puback(2))
}

func TestPacketsOfEverySizeArriveWhole(t *testing.T) {
	_, addr := startServer(t, newTestHandler(), Limits{})
	c := dialRaw(t, addr).connect(connectPacket{id: "x"})
	for _, n := range []int{0, 1, 100, readBufferBytes - 5, readBufferBytes - 4, readBufferBytes, readBufferBytes + 1,
		bodyBytes, bodyBytes + 1, 40_000, 300_000} {
		payload := strings.Repeat(fmt.Sprint(n%7), n)
		c.send(publishPacket("api", payload, 0))
		c.expect(publishPacket("reply", payload, 0))
	}
}
