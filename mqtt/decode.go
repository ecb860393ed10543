package mqtt

import (
	"bytes"
	"strings"
	"time"
)

// The flags of CONNECT (MQTT 3.1.1, 3.1.2.3).
const (
	flagClean      = 0x02
	flagWill       = 0x04
	flagWillQoS    = 0x18
	flagWillRetain = 0x20
	flagPassword   = 0x40
	flagUsername   = 0x80
)

const (
	level31  = 3
	level311 = 4
)

// decodeConnect reads CONNECT. The code is other than Accepted when the packet
// is to be refused with a CONNACK; an error means no answer at all.
func decodeConnect(p packet, limits Limits) (Connect, Code, error) {
	f := fields{rest: p.body}
	name := f.text("protocol name", limits.StringBytes)
	level := f.uint8("protocol level")
	switch {
	case f.err != nil:
		return Connect{}, 0, f.err
	case name == "MQTT" && level == level311, name == "MQIsdp" && level == level31:
	case name == "MQTT", name == "MQIsdp":
		return Connect{}, BadLevel, nil
	default:
		return Connect{}, 0, malformed("the protocol name %q is unknown", name)
	}
	flags := f.uint8("connect flags")
	if level == level311 {
		checkConnectFlags(&f, flags)
		if p.flags != 0 {
			f.fail("CONNECT has the flags %#x", p.flags)
		}
	}
	in := Connect{
		Level:     level,
		Clean:     flags&flagClean != 0,
		KeepAlive: time.Duration(f.uint16("keep-alive")) * time.Second,
		ClientID:  f.text("client id", limits.StringBytes),
	}
	if flags&flagWill != 0 {
		f.text("will topic", limits.StringBytes)
		f.binary("will message")
	}
	// MQTT 3.1, 3.1: a flagged user name or password may be missing.
	present := func(flag byte) bool {
		return flags&flag != 0 && (level == level311 || len(f.rest) > 0)
	}
	if present(flagUsername) {
		in.Username = f.text("user name", limits.StringBytes)
	}
	if present(flagPassword) {
		in.Password = bytes.Clone(f.binary("password"))
	}
	if err := f.end(); err != nil {
		return Connect{}, 0, err
	}
	if in.ClientID == "" && (level == level31 || !in.Clean) {
		return in, BadClientID, nil
	}
	return in, Accepted, nil
}

func checkConnectFlags(f *fields, flags byte) {
	switch {
	case flags&1 != 0:
		f.fail("the reserved connect flag is set")
	case flags&flagWillQoS == flagWillQoS:
		f.fail("the will has QoS 3")
	case flags&flagWill == 0 && flags&(flagWillQoS|flagWillRetain) != 0:
		f.fail("will flags are set without a will")
	case flags&flagPassword != 0 && flags&flagUsername == 0:
		f.fail("a password comes without a user name")
	}
}

// publish is a decoded PUBLISH. The payload aliases the packet.
type publish struct {
	topic   string
	id      uint16 // 0 at QoS 0
	payload []byte
}

func decodePublish(p packet, limits Limits) (publish, error) {
	qos := p.flags >> 1 & 3
	if qos > 1 {
		return publish{}, malformed("a message has QoS %d, this server takes 0 and 1", qos)
	}
	f := fields{rest: p.body}
	m := publish{topic: f.text("topic", limits.StringBytes)}
	if qos == 1 {
		m.id = f.id()
	}
	switch {
	case f.err != nil:
	case m.topic == "":
		f.fail("the topic is empty")
	case strings.ContainsAny(m.topic, "+#"):
		f.fail("the topic %q has a wildcard", m.topic)
	}
	m.payload = f.rest
	return m, f.err
}

// decodeSubscribe reads SUBSCRIBE and gives the QoS granted to each filter.
func decodeSubscribe(p packet, limits Limits) (id uint16, granted []byte, err error) {
	f := fields{rest: p.body}
	id = f.id()
	for f.err == nil && (len(f.rest) > 0 || len(granted) == 0) {
		readFilter(&f, limits)
		qos := f.uint8("requested QoS")
		if qos > 2 {
			f.fail("QoS %d is requested", qos)
		}
		granted = append(granted, min(qos, 1))
	}
	return id, granted, f.end()
}

func decodeUnsubscribe(p packet, limits Limits) (id uint16, err error) {
	f := fields{rest: p.body}
	id = f.id()
	for first := true; f.err == nil && (first || len(f.rest) > 0); first = false {
		readFilter(&f, limits)
	}
	return id, f.end()
}

// readFilter checks a topic filter (MQTT 3.1.1, 4.7.1). Its text is not used:
// every client gets what is published to it.
func readFilter(f *fields, limits Limits) {
	filter := f.text("topic filter", limits.StringBytes)
	if f.err == nil && !validFilter(filter) {
		f.fail("the topic filter %q is not valid", filter)
	}
}

func validFilter(filter string) bool {
	if filter == "" {
		return false
	}
	levels := strings.Split(filter, "/")
	for i, level := range levels {
		alone := level == "+" || level == "#" && i == len(levels)-1
		if !alone && strings.ContainsAny(level, "+#") {
			return false
		}
	}
	return true
}
