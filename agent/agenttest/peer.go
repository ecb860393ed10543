package agenttest

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/internal/clock"
	"github.com/sluicehq/sluice/mqtt"
)

// Heard is one command that a device sent.
type Heard struct {
	Command string
	Params  json.RawMessage
	Session int // counts the connections from 1
}

// Peer is a scripted server.
type Peer struct {
	tb       testing.TB
	mqttAddr string
	httpAddr string

	mu       sync.Mutex
	changed  chan struct{} // closed when anything was noted
	heard    []Heard
	mail     []*letter
	files    map[string][]byte
	tickets  map[string]string // id to file name
	uploads  map[string][]byte // file name to content
	sessions int
	conns    []*mqtt.Conn
	refuse   mqtt.Code
	before   func(Heard) bool
	serve    func(http.ResponseWriter, *http.Request, []byte) bool
	mqtt     *mqtt.Server
	http     *http.Server
	serving  sync.WaitGroup
}

type letter struct {
	message wire.Message
	session int
	started bool
	acks    []wire.MailboxAck
}

// New starts a server on ports of its own, until the end of the test.
func New(tb testing.TB) *Peer {
	p := &Peer{tb: tb, mqttAddr: "127.0.0.1:0", httpAddr: "127.0.0.1:0", changed: make(chan struct{}),
		files: map[string][]byte{}, tickets: map[string]string{}, uploads: map[string][]byte{}}
	p.Start()
	tb.Cleanup(p.Stop)
	return p
}

// MQTTURL and HTTPURL are where it listens, also while it is away.
func (p *Peer) MQTTURL() string { return "mqtt://" + p.mqttAddr }

// HTTPURL is where files are.
func (p *Peer) HTTPURL() string { return "http://" + p.httpAddr }

// Start listens, after Stop at the same addresses.
func (p *Peer) Start() {
	p.tb.Helper()
	ml, err := net.Listen("tcp", p.mqttAddr)
	if err != nil {
		p.tb.Fatal(err)
	}
	hl, err := net.Listen("tcp", p.httpAddr)
	if err != nil {
		p.tb.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mqttAddr, p.httpAddr = ml.Addr().String(), hl.Addr().String()
	p.mqtt = &mqtt.Server{Handler: handler{p}, Now: clock.System}
	p.http = &http.Server{Handler: http.HandlerFunc(p.file)}
	m, h := p.mqtt, p.http
	p.serving.Go(func() { _ = m.Serve(ml) })
	p.serving.Go(func() { _ = h.Serve(hl) })
}

// ServeTLS also speaks MQTT on a listener with TLS and returns its address.
func (p *Peer) ServeTLS(c tls.Certificate) string {
	p.tb.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{c}, MinVersion: tls.VersionTLS12})
	if err != nil {
		p.tb.Fatal(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	server := p.mqtt
	p.serving.Go(func() { _ = server.Serve(l) })
	return "mqtts://" + l.Addr().String()
}

// Stop takes the server away; connections end at once.
func (p *Peer) Stop() {
	p.mu.Lock()
	m, h := p.mqtt, p.http
	p.mqtt, p.http = nil, nil
	p.mu.Unlock()
	if m == nil {
		return
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	_ = m.Shutdown(ended)
	_ = h.Close()
	p.serving.Wait()
}

// Before has f look at every command before it is dealt with. When f returns
// false, the command is lost.
func (p *Peer) Before(f func(Heard) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.before = f
}

// Serve has f answer requests for files; when it returns false, the file is
// served as usual.
func (p *Peer) Serve(f func(w http.ResponseWriter, r *http.Request, content []byte) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.serve = f
}

// Refuse answers connections with a code; 0 lets them in again.
func (p *Peer) Refuse(code mqtt.Code) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.refuse = code
}

// AddFile gives out a file from now on.
func (p *Peer) AddFile(name string, content []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files[name] = content
}

// Send puts a method call into the mailbox of a device and tells it so. The id
// may be that of a message that was sent before: it is handed out once more.
func (p *Peer) Send(key, id, method string, params any) {
	p.tb.Helper()
	raw, err := json.Marshal(params)
	if err != nil {
		p.tb.Fatal(err)
	}
	call, err := json.Marshal(wire.MethodCall{Method: method, Params: raw})
	if err != nil {
		p.tb.Fatal(err)
	}
	p.mu.Lock()
	l := p.letter(id)
	if l == nil {
		l = &letter{message: wire.Message{ID: id, ThingKey: key, Command: wire.CommandMethodExec, Params: call}}
		p.mail = append(p.mail, l)
	}
	l.session, l.started = 0, false
	conns := slices.Clone(p.conns)
	p.mu.Unlock()
	for _, c := range conns {
		p.notify(c, key)
	}
}

func (p *Peer) letter(id string) *letter {
	for _, l := range p.mail {
		if l.message.ID == id {
			return l
		}
	}
	return nil
}

func (p *Peer) notify(c *mqtt.Conn, key string) {
	payload, err := json.Marshal(wire.Notify{SessionID: "session", ThingKey: key})
	if err == nil {
		_ = c.Publish(wire.NotifyTopic, payload)
	}
}

// Until waits until the condition holds of what was noted, and fails the test
// after a minute.
func (p *Peer) Until(what string, condition func(*Peer) bool) {
	p.tb.Helper()
	limit := time.NewTimer(time.Minute)
	defer limit.Stop()
	for {
		p.mu.Lock()
		changed := p.changed
		p.mu.Unlock()
		if condition(p) {
			return
		}
		select {
		case <-changed:
		case <-limit.C:
			p.tb.Fatalf("waited in vain until %s; heard: %s", what, p.transcript())
		}
	}
}

func (p *Peer) transcript() string {
	out := ""
	for _, h := range p.Heard("") {
		out += fmt.Sprintf("\n  %d %s %.200s", h.Session, h.Command, h.Params)
	}
	return out
}

// note wakes Until; p.mu is held.
func (p *Peer) note() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// Heard lists the commands of a name, "" for all.
func (p *Peer) Heard(command string) []Heard {
	p.mu.Lock()
	defer p.mu.Unlock()
	var list []Heard
	for _, h := range p.heard {
		if command == "" || h.Command == command {
			list = append(list, h)
		}
	}
	return list
}

// Acks are the acknowledgements of a message that were dealt with.
func (p *Peer) Acks(id string) []wire.MailboxAck {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l := p.letter(id); l != nil {
		return slices.Clone(l.acks)
	}
	return nil
}

// Words are the words of progress of a message.
func (p *Peer) Words(id string) []string {
	var words []string
	for _, h := range p.Heard(wire.CommandMailboxUpdate) {
		var u wire.MailboxUpdate
		if wire.Decode(h.Params, &u) == nil && u.ID == id {
			words = append(words, string(u.Msg))
		}
	}
	return words
}

// Logs are the texts of log.publish.
func (p *Peer) Logs() []string {
	var texts []string
	for _, h := range p.Heard(wire.CommandLogPublish) {
		var l wire.LogPublish
		if wire.Decode(h.Params, &l) == nil {
			texts = append(texts, string(l.Msg))
		}
	}
	return texts
}

// Upload is the content of a file that a device sent, nil for none.
func (p *Peer) Upload(name string) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.uploads[name]
}

// Sessions counts the connections so far.
func (p *Peer) Sessions() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.sessions
}
