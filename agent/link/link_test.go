package link_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicehq/sluice/agent/agenttest"
	"github.com/sluicehq/sluice/agent/link"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/mqtt"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func dial(t *testing.T, url string, change func(*link.Config)) (*link.Link, error) {
	t.Helper()
	c := link.Config{URL: url, ThingKey: "k", AppID: "app", Token: "token"}
	if change != nil {
		change(&c)
	}
	l, err := link.Dial(t.Context(), c)
	if err == nil {
		t.Cleanup(l.Close)
	}
	return l, err
}

func TestCommandsAreAnsweredAndMailIsTold(t *testing.T) {
	t.Parallel()
	peer := agenttest.New(t)
	l, err := dial(t, peer.MQTTURL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	peer.Until("the session", func(p *agenttest.Peer) bool { return p.Sessions() == 1 })
	if err := l.Call(t.Context(), wire.CommandPropertyBatch, wire.PropertyBatch{}, nil); err != nil {
		t.Error(err)
	}
	peer.Send("k", "m1", "ping", nil)
	<-l.Mail()
	var box wire.Mailbox
	if err := l.Call(t.Context(), wire.CommandMailboxCheck, wire.MailboxCheck{}, &box); err != nil || len(box.Messages) != 1 {
		t.Errorf("got %+v, %v", box, err)
	}
	var refusal *wire.Error
	err = l.Call(t.Context(), wire.CommandMailboxAck, wire.MailboxAck{ID: "unknown"}, nil)
	if !errors.As(err, &refusal) || refusal.Code != wire.CodeNotFound {
		t.Errorf("got %v", err)
	}
}

func TestManyCallsAtOnceGetTheirOwnAnswers(t *testing.T) {
	t.Parallel()
	peer := agenttest.New(t)
	for i := range 20 {
		peer.AddFile(fmt.Sprint(i), make([]byte, i))
	}
	l, err := dial(t, peer.MQTTURL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			var ticket wire.FileTicket
			err := l.Call(t.Context(), wire.CommandFileGet, wire.FileGet{FileName: fmt.Sprint(i)}, &ticket)
			if err != nil || ticket.FileSize != int64(i) {
				t.Errorf("call %d got %+v, %v", i, ticket, err)
			}
		})
	}
	wg.Wait()
}

func TestARefusalSaysWhatToDo(t *testing.T) {
	t.Parallel()
	peer := agenttest.New(t)
	for code, words := range map[mqtt.Code]string{mqtt.BadLogin: "enrol again", mqtt.NotAuthorised: "ask an operator"} {
		peer.Refuse(code)
		_, err := dial(t, peer.MQTTURL(), nil)
		var refusal link.Refusal
		if !errors.As(err, &refusal) || byte(refusal) != byte(code) || !strings.Contains(err.Error(), words) {
			t.Errorf("code %d: %v", code, err)
		}
		if strings.Contains(err.Error(), "token\"") {
			t.Errorf("the error holds a secret: %v", err)
		}
	}
}

func TestALostAnswerEndsWithTheCallsTimeout(t *testing.T) {
	t.Parallel()
	peer := agenttest.New(t)
	peer.Before(func(h agenttest.Heard) bool { return h.Command != wire.CommandDiagPing })
	l, err := dial(t, peer.MQTTURL(), func(c *link.Config) { c.CallTimeout = 50 * time.Millisecond })
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Call(t.Context(), wire.CommandDiagPing, nil, nil); err == nil || !strings.Contains(err.Error(), "no answer") {
		t.Errorf("got %v", err)
	}
	if err := l.Call(t.Context(), wire.CommandDiagTime, nil, nil); err != nil {
		t.Errorf("the link is of no more use: %v", err)
	}
}

func TestALostServerEndsTheLinkAndItsCalls(t *testing.T) {
	t.Parallel()
	peer := agenttest.New(t)
	reached, resume := make(chan struct{}), make(chan struct{})
	peer.Before(func(agenttest.Heard) bool { close(reached); <-resume; return false })
	l, err := dial(t, peer.MQTTURL(), nil)
	if err != nil {
		t.Fatal(err)
	}
	called := make(chan error, 1)
	go func() { called <- l.Call(t.Context(), wire.CommandDiagPing, nil, nil) }()
	<-reached
	l.Drop()
	if err := <-called; err == nil {
		t.Error("the call was answered")
	}
	close(resume)
	<-l.Done()
	if err := l.Call(t.Context(), wire.CommandDiagPing, nil, nil); !errors.Is(err, link.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// scripted accepts one connection and hands it over after CONNECT.
func scripted(t *testing.T, serve func(net.Conn, *bufio.Reader)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		r := bufio.NewReader(conn)
		head := make([]byte, 2)
		if _, err := io.ReadFull(r, head); err != nil {
			return
		}
		if _, err := io.CopyN(io.Discard, r, int64(head[1])); err != nil {
			return
		}
		serve(conn, r)
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return "mqtt://" + l.Addr().String()
}

func TestASilentServerIsNoticed(t *testing.T) {
	t.Parallel()
	url := scripted(t, func(conn net.Conn, r *bufio.Reader) {
		_, _ = conn.Write([]byte{0x20, 2, 0, 0})
		_, _ = io.Copy(io.Discard, r) // and not a word more
	})
	l, err := dial(t, url, func(c *link.Config) { c.KeepAlive = 100 * time.Millisecond })
	if err != nil {
		t.Fatal(err)
	}
	<-l.Done()
	if !errors.Is(l.Err(), link.ErrSilent) {
		t.Errorf("got %v", l.Err())
	}
}

func TestAServerThatTalksNonsenseCostsTheLinkOnly(t *testing.T) {
	t.Parallel()
	for name, bytes := range map[string][]byte{
		"a length without end":     {0x20, 2, 0, 0, 0x30, 0xff, 0xff, 0xff, 0xff, 1},
		"a packet of 256 MiB":      {0x20, 2, 0, 0, 0x30, 0xff, 0xff, 0xff, 0x7f},
		"a topic past the end":     {0x20, 2, 0, 0, 0x30, 3, 0, 9, 'x'},
		"a reply that is no JSON":  {0x20, 2, 0, 0, 0x30, 9, 0, 5, 'r', 'e', 'p', 'l', 'y', '{', '{'},
		"a compressed non-reply":   {0x20, 2, 0, 0, 0x30, 9, 0, 6, 'r', 'e', 'p', 'l', 'y', 'z', '{'},
		"an empty publication":     {0x20, 2, 0, 0, 0x30, 0},
		"a QoS 1 PUBLISH, no id":   {0x20, 2, 0, 0, 0x32, 3, 0, 1, 'x'},
		"the end after the accept": {0x20, 2, 0, 0},
	} {
		url := scripted(t, func(conn net.Conn, _ *bufio.Reader) { _, _ = conn.Write(bytes) })
		l, err := dial(t, url, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		<-l.Done()
		if l.Err() == nil {
			t.Errorf("%s: the link has no reason for its end", name)
		}
	}
	for name, bytes := range map[string][]byte{"HTTP": []byte("HTTP/1.1 400 Bad Request\r\n\r\n"), "nothing": {}} {
		url := scripted(t, func(conn net.Conn, _ *bufio.Reader) { _, _ = conn.Write(bytes) })
		if _, err := dial(t, url, nil); err == nil {
			t.Errorf("%s is taken for an accept", name)
		}
	}
}

func TestACompressedReplyAndQoS1AreTaken(t *testing.T) {
	t.Parallel()
	acked := make(chan []byte, 1)
	url := scripted(t, func(conn net.Conn, r *bufio.Reader) {
		reply, err := json.Marshal(map[string]any{"1": map[string]any{"success": true}})
		if err != nil {
			return
		}
		body := append([]byte{0, 8, 'r', 'e', 'p', 'l', 'y', 'z', '/', '1', 0, 7}, wire.Deflate(reply)...)
		_, _ = conn.Write([]byte{0x20, 2, 0, 0})
		if _, err := r.Peek(1); err != nil { // the request is on its way
			return
		}
		_, _ = conn.Write(append([]byte{0x32, byte(len(body))}, body...))
		all, _ := io.ReadAll(r)
		acked <- all
	})
	l, err := dial(t, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Call(context.Background(), wire.CommandDiagPing, nil, nil); err != nil {
		t.Error(err)
	}
	l.Close()
	if all := <-acked; !strings.Contains(string(all), "\x40\x02\x00\x07") {
		t.Errorf("there is no PUBACK of 7 in % x", all)
	}
}

func TestOnlyMQTTAddressesAreDialled(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"http://127.0.0.1:1", "127.0.0.1:1883", "", "mqtt://127.0.0.1:1"} {
		if _, err := dial(t, url, nil); err == nil {
			t.Errorf("%q was dialled", url)
		}
	}
}
