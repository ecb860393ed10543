package tr50

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sluicehq/sluice/blob/diskblob"
	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/clock"
	"github.com/sluicehq/sluice/mqtt"
	"github.com/sluicehq/sluice/store/sqlstore"
	"github.com/sluicehq/sluice/sup"
)

// world is a whole server with TR50 as its only door.
type world struct {
	testing.TB
	dir      string
	url      string // of the database
	clock    *clock.Fake
	key      ed25519.PrivateKey
	password string // of admin
	logs     *logBuffer

	store   *sqlstore.Store
	control *control.Control
	handler *Handler
	server  *mqtt.Server
	addr    string // of MQTT
	web     *httptest.Server
	admin   control.Actor
}

func newWorld(t testing.TB) *world { return newWorldOn(t, "sqlite::memory:") }

func newWorldOn(t testing.TB, url string) *world {
	w := &world{TB: t, dir: t.TempDir(), url: url, clock: clock.NewFake(clock.System()), logs: &logBuffer{}}
	_, key, err := ed25519.GenerateKey(nil)
	w.must(err)
	w.key = key
	w.start()
	t.Cleanup(w.stop)
	return w
}

// newWorldOnDisk survives restart.
func newWorldOnDisk(t testing.TB) *world {
	return newWorldOn(t, "sqlite:"+filepath.Join(t.TempDir(), "sluice.db"))
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) start() {
	ctx := context.Background()
	var err error
	w.store, err = sqlstore.Open(ctx, w.url, sqlstore.Options{})
	w.must(err)
	blobs, err := diskblob.Open(filepath.Join(w.dir, "blobs"))
	w.must(err)
	w.control = control.New(control.Options{Store: w.store, Blobs: blobs, Now: w.clock.Now, Signer: sup.NewSigner(w.key),
		Trust: sup.Trust{Keys: []ed25519.PublicKey{w.key.Public().(ed25519.PublicKey)}, Threshold: 1}})
	password, err := w.control.FirstAdministrator(ctx)
	w.must(err)
	if password != "" {
		w.password = password
	}
	user, err := w.store.UserByName(ctx, "admin")
	w.must(err)
	grants, err := w.store.Grants(ctx, user.ID)
	w.must(err)
	w.admin = control.Actor{User: user, Grants: grants}
	log := slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelInfo}))
	w.handler = New(Options{Control: w.control, Logger: log})
	w.server = &mqtt.Server{Handler: w.handler, Now: clock.System, Logger: log}
	w.addr = w.listen(nil)
	mux := http.NewServeMux()
	w.handler.Routes(mux)
	w.web = httptest.NewServer(mux)
}

// listen opens another door for MQTT and returns its address.
func (w *world) listen(wrap func(net.Listener) net.Listener) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	w.must(err)
	addr := l.Addr().String()
	if wrap != nil {
		l = wrap(l)
	}
	go func() {
		if err := w.server.Serve(l); !errors.Is(err, mqtt.ErrServerClosed) {
			panic(err)
		}
	}()
	return addr
}

func (w *world) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	w.must(w.server.Shutdown(ctx))
	w.web.Close()
	w.handler.Close()
	w.control.Close()
	w.must(w.store.Close())
}

// restart ends the server and starts another on the same data.
func (w *world) restart() {
	w.stop()
	w.start()
}

// colleague is an administrator with the password of admin.
func (w *world) colleague(name string) fleet.User {
	w.Helper()
	u := w.admin.User
	u.Name = name
	w.must(w.store.Write(context.Background(), func(ctx context.Context, tx control.Tx) (err error) {
		if u.ID, err = tx.InsertUser(ctx, u); err != nil {
			return err
		}
		return tx.SetGrant(ctx, u.ID, fleet.Root, fleet.ChannelAdministrator)
	}))
	return u
}

func (w *world) token(kind fleet.TokenKind) string {
	w.Helper()
	text, _, err := w.control.CreateToken(context.Background(), w.admin, control.NewToken{Kind: kind})
	w.must(err)
	return text
}

// enrol makes an accepted device and connects it. Its app id is "app". The
// server has looked into its empty mailbox when enrol returns.
func (w *world) enrol(key string) *client {
	w.Helper()
	c := w.connect(hello{id: "app", user: key, password: w.token(fleet.OneTime)})
	c.ok("diag.ping", "")
	return c
}

func (w *world) device(key string) fleet.Device {
	w.Helper()
	d, err := w.store.DeviceByKey(context.Background(), key)
	w.must(err)
	return d
}

func (w *world) values(key string, kind fleet.ValueKind) map[string]fleet.Value {
	w.Helper()
	list, err := w.store.Values(context.Background(), w.device(key).ID, kind)
	w.must(err)
	out := map[string]fleet.Value{}
	for _, v := range list {
		out[v.Key] = v
	}
	return out
}

func (w *world) history(key string, kind fleet.ValueKind, name string) []fleet.Value {
	w.Helper()
	list, err := w.store.History(context.Background(), w.device(key).ID, kind, name, time.Unix(0, 0), w.clock.Now().Add(time.Hour), 100)
	w.must(err)
	return list
}

func (w *world) lines(key string) []fleet.LogEntry {
	w.Helper()
	list, err := w.store.Log(context.Background(), w.device(key).ID, control.Page{Limit: 100})
	w.must(err)
	return list
}

// mail puts a method call into a mailbox.
func (w *world) mail(key, method string) fleet.Message {
	w.Helper()
	m, err := w.control.Exec(context.Background(), w.admin, w.device(key).ID, method, json.RawMessage(`{"a":1}`), 0)
	w.must(err)
	return m
}

// file uploads a file of the organisation.
func (w *world) file(name string, content []byte) fleet.File {
	w.Helper()
	f, err := w.control.Upload(context.Background(), w.admin, name, bytes.NewReader(content))
	w.must(err)
	return f
}

// release uploads a signed package and makes it installable.
func (w *world) release(version string, counter uint64) fleet.Release {
	w.Helper()
	m := sup.Manifest{Name: "base", Version: version, ReleaseCounter: counter, TimeoutSeconds: 600, Actions: []sup.Action{
		{Type: "command.run", Params: json.RawMessage(`{"argv":["true"]}`)},
	}}
	var buf bytes.Buffer
	w.must(sup.Build(&buf, m, fstest.MapFS{"note.txt": {Data: []byte(version)}}, sup.NewSigner(w.key)))
	f := w.file("base.sup", buf.Bytes())
	r, err := w.control.CreateRelease(context.Background(), w.admin, f.ID, false)
	w.must(err)
	return r
}

func (w *world) update(r fleet.Release, keys ...string) fleet.Update {
	w.Helper()
	u, err := w.control.CreateUpdate(context.Background(), w.admin,
		control.NewUpdate{Type: fleet.SUP, ReleaseID: r.ID, Audience: fleet.Audience{Devices: keys}})
	w.must(err)
	return u
}

// execution is the newest one on the device.
func (w *world) execution(key string) fleet.Execution {
	w.Helper()
	list, err := w.store.Executions(context.Background(), control.ExecutionFilter{DeviceID: w.device(key).ID}, control.Page{Limit: 1})
	w.must(err)
	if len(list) == 0 {
		w.Fatalf("device %s has no execution", key)
	}
	e, err := w.store.Execution(context.Background(), list[0].ID)
	w.must(err)
	return e
}

func (w *world) expectState(key string, want fleet.State) {
	w.Helper()
	if e := w.execution(key); e.State != want {
		w.Fatalf("the execution on %s is %s (%s), want %s", key, e.State, e.Reason, want)
	}
}

// post sends a body to a path over HTTP and returns status and answer.
func (w *world) post(path, body string, header ...string) (int, string) {
	w.Helper()
	r, err := http.NewRequest(http.MethodPost, w.web.URL+path, strings.NewReader(body))
	w.must(err)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return w.do(r)
}

func (w *world) do(r *http.Request) (int, string) {
	w.Helper()
	resp, err := w.web.Client().Do(r)
	w.must(err)
	defer resp.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(resp.Body)
	w.must(err)
	return resp.StatusCode, b.String()
}

// api sends a request over HTTP, which always answers 200.
func (w *world) api(body string, header ...string) wire.Reply {
	w.Helper()
	status, text := w.post("/api", body, header...)
	if status != http.StatusOK {
		w.Fatalf("POST /api answered %d: %s", status, text)
	}
	reply, err := wire.ParseReply([]byte(text))
	w.must(err)
	return reply
}

// get fetches a file by its ticket.
func (w *world) get(id, byteRange string) *http.Response {
	w.Helper()
	r, err := http.NewRequest(http.MethodGet, w.web.URL+"/file/"+id, nil)
	w.must(err)
	r.Header.Set("Accept-Encoding", "gzip, deflate")
	if byteRange != "" {
		r.Header.Set("Range", byteRange)
	}
	resp, err := w.web.Client().Do(r)
	w.must(err)
	w.Cleanup(func() { resp.Body.Close() })
	return resp
}

// logBuffer collects what the server logs.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func quoted(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("internal error: %v", err))
	}
	return string(b)
}
