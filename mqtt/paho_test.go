package mqtt

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coder/websocket"
	paho "github.com/eclipse/paho.mqtt.golang"
)

// selfSigned is a certificate for 127.0.0.1 and the pool that trusts it.
func selfSigned() (tls.Certificate, *x509.CertPool) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	pool := x509.NewCertPool()
	pool.AddCert(server.Certificate())
	return server.TLS.Certificates[0], pool
}

// startEverywhere serves plain, TLS and WebSocket and gives the URL of each.
func startEverywhere(t *testing.T, h *testHandler) (urls map[string]string, trust *tls.Config) {
	s, plain := startServer(t, h, Limits{})
	cert, pool := selfSigned()
	encrypted, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		t.Fatal(err)
	}
	serveOn(t, s, encrypted)
	mux := http.NewServeMux()
	mux.Handle("/mqtt", s.WebSocket())
	web, secure := httptest.NewServer(mux), httptest.NewTLSServer(mux)
	t.Cleanup(web.Close)
	t.Cleanup(secure.Close)
	pool.AddCert(secure.Certificate())
	return map[string]string{
		"plain": "tcp://" + plain,
		"TLS":   "ssl://" + encrypted.Addr().String(),
		"ws":    "ws://" + web.Listener.Addr().String() + "/mqtt",
		"wss":   "wss://" + secure.Listener.Addr().String() + "/mqtt",
	}, &tls.Config{RootCAs: pool}
}

func TestPahoSpeaksWithUsOnEveryTransportInBothVersions(t *testing.T) {
	h := newTestHandler()
	saw := make(chan Connect, 1)
	h.connect = func(_ *Conn, in Connect) Code { saw <- in; return Accepted }
	urls, trust := startEverywhere(t, h)
	for name, url := range urls {
		for _, level := range []uint{level31, level311} {
			replies := make(chan paho.Message, 10)
			o := paho.NewClientOptions().AddBroker(url).SetProtocolVersion(level).SetTLSConfig(trust).
				SetClientID("app").SetUsername("thing").SetPassword("token").SetAutoReconnect(false).
				SetDefaultPublishHandler(func(_ paho.Client, m paho.Message) { replies <- m })
			client := paho.NewClient(o)
			wait(t, client.Connect())
			if in := <-saw; uint(in.Level) != level || in.TLS != (name == "TLS" || name == "wss") || in.Remote == "" {
				t.Errorf("%s: the handler saw %+v", name, in)
			}
			wait(t, client.Publish("api/0001", 1, false, `{"1":{}}`))
			if m := <-replies; m.Topic() != "reply/0001" || string(m.Payload()) != `{"1":{}}` {
				t.Errorf("%s: got %q on %s", name, m.Payload(), m.Topic())
			}
			wait(t, client.Subscribe("reply/#", 2, nil))
			large := make([]byte, 100_000)
			wait(t, client.Publish("api", 0, false, large))
			if m := <-replies; m.Topic() != "reply" || len(m.Payload()) != len(large) {
				t.Errorf("%s: got %d bytes on %s", name, len(m.Payload()), m.Topic())
			}
			wait(t, client.Unsubscribe("reply/#"))
			client.Disconnect(100)
			h.expectClosed(t, ErrDisconnected)
		}
	}
}

func wait(t *testing.T, token paho.Token) {
	t.Helper()
	if !token.WaitTimeout(20*time.Second) || token.Error() != nil {
		t.Fatalf("paho: %v", token.Error())
	}
}

func TestPahoLearnsWhyItIsRefused(t *testing.T) {
	h := newTestHandler()
	h.connect = func(*Conn, Connect) Code { return BadLogin }
	urls, trust := startEverywhere(t, h)
	for name, url := range urls {
		client := paho.NewClient(paho.NewClientOptions().AddBroker(url).SetTLSConfig(trust).SetProtocolVersion(level311).SetClientID("x"))
		token := client.Connect()
		token.Wait()
		if token.Error() == nil || token.Error().Error() != "bad user name or password" {
			t.Errorf("%s: got %v", name, token.Error())
		}
		client.Disconnect(0)
	}
}

func TestTLSEndsWithCloseNotify(t *testing.T) {
	h := newTestHandler()
	cert, pool := selfSigned()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	serveOn(t, &Server{Handler: h, Now: time.Now}, l)
	ends := map[string]func(*rawClient, *Conn){
		"Close":      func(_ *rawClient, c *Conn) { c.Close(ErrTakenOver) },
		"DISCONNECT": func(c *rawClient, _ *Conn) { c.send(disconnectPacket) },
		"malformed":  func(c *rawClient, _ *Conn) { c.send([]byte{0, 0}) },
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for name, end := range ends {
			conn, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{RootCAs: pool, MaxVersion: version})
			if err != nil {
				t.Fatal(err)
			}
			c := newRaw(t, conn).connect(connectPacket{id: "x"})
			end(c, <-h.ready)
			if _, err := c.r.ReadByte(); !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%s, %s: the client reads %v, want the end by close_notify", name, tls.VersionName(version), err)
			}
			<-h.closed
		}
	}
}

func TestAPlainClientOnTheTLSPortIsClosed(t *testing.T) {
	h := newTestHandler()
	cert, _ := selfSigned()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		t.Fatal(err)
	}
	serveOn(t, &Server{Handler: h, Now: time.Now}, l)
	c := dialRaw(t, l.Addr().String())
	c.send(connectPacket{id: "x"}.encode())
	if b, err := io.ReadAll(c); err == nil && len(b) > 0 && b[0]>>4 == typeConnack {
		t.Errorf("got % x", b)
	}
}

func dialWebSocket(t *testing.T, url string, o *websocket.DialOptions) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	ws, response, err := websocket.Dial(ctx, url, o)
	if response != nil && response.Body != nil && err != nil {
		response.Body.Close()
	}
	return ws, err
}

func TestWebSocketHasRulesOfItsOwn(t *testing.T) {
	h := newTestHandler()
	urls, _ := startEverywhere(t, h)
	url := urls["ws"]
	mqttOnly := []string{"mqtt"}

	_, err := dialWebSocket(t, url, &websocket.DialOptions{Subprotocols: mqttOnly, HTTPHeader: http.Header{"Origin": {"https://evil.example"}}})
	if err == nil {
		t.Error("a foreign Origin is accepted")
	}

	ws, err := dialWebSocket(t, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := ws.Read(t.Context()); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("without the subprotocol: got %v", err)
	}

	ws, err = dialWebSocket(t, url, &websocket.DialOptions{Subprotocols: []string{"mqttv3.1"}})
	if err != nil || ws.Subprotocol() != "mqttv3.1" {
		t.Fatalf("got %q, %v", ws.Subprotocol(), err)
	}
	// MQTT 3.1.1, 6: packets need not be aligned to frames.
	stream := append(connectPacket{id: "x"}.encode(), publishPacket("api/1", "hello", 3)...)
	for _, b := range stream {
		if err := ws.Write(t.Context(), websocket.MessageBinary, []byte{b}); err != nil {
			t.Fatal(err)
		}
	}
	c := newRaw(t, websocket.NetConn(t.Context(), ws, websocket.MessageBinary))
	c.expect([]byte{0x20, 2, 0, 0})
	c.expect(publishPacket("reply/1", "hello", 0))
	c.expect(puback(3))
	if err := ws.Write(t.Context(), websocket.MessageText, []byte("text")); err != nil {
		t.Fatal(err)
	}
	c.expectEnd()
	h.expectClosed(t, ErrLost)
}

func TestAWebSocketIsClosedFromOurSide(t *testing.T) {
	h := newTestHandler()
	urls, _ := startEverywhere(t, h)
	ws, err := dialWebSocket(t, urls["ws"], &websocket.DialOptions{Subprotocols: []string{"mqtt"}})
	if err != nil {
		t.Fatal(err)
	}
	c := newRaw(t, websocket.NetConn(t.Context(), ws, websocket.MessageBinary))
	c.connect(connectPacket{id: "x", keepAlive: 1})
	(<-h.ready).Close(ErrTakenOver)
	if _, err := c.r.ReadByte(); err != io.EOF { // a normal closure
		t.Errorf("got %v", err)
	}
	h.expectClosed(t, ErrTakenOver)

	ws, err = dialWebSocket(t, urls["ws"], &websocket.DialOptions{Subprotocols: []string{"mqtt"}})
	if err != nil {
		t.Fatal(err)
	}
	c = newRaw(t, websocket.NetConn(t.Context(), ws, websocket.MessageBinary))
	c.connect(connectPacket{id: "x", keepAlive: 1})
	c.expectEnd()
	h.expectClosed(t, ErrSilent)
}
