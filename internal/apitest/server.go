// Package apitest is a REST server for tests: the real API over real HTTP on
// loopback, with a store in memory, blobs in a temporary folder, a clock and
// a heartbeat that the test owns, and a key that signs packages.
//
// Devices have no protocol here; Contact, Offer and Report do what a protocol
// would, at the door of package control.
package apitest

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sluicehq/sluice/api"
	"github.com/sluicehq/sluice/blob/diskblob"
	"github.com/sluicehq/sluice/compat"
	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/clock"
	"github.com/sluicehq/sluice/internal/httpx"
	"github.com/sluicehq/sluice/store/sqlstore"
	"github.com/sluicehq/sluice/sup"
	"github.com/sluicehq/sluice/variable"
)

// Start is when every test begins.
var Start = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// MaxFile bounds an upload in bytes.
const MaxFile = 1 << 20

// Server is a running server.
type Server struct {
	URL      string
	Control  *control.Control
	Store    control.Store
	Clock    *clock.Fake
	Beat     chan time.Time // every value is one heartbeat of one event stream
	Signer   sup.Signer
	Password string // of admin
	Token    string // of admin's session
	Admin    control.Actor
	Log      *Log

	t      testing.TB
	broken bool
}

// New starts a server that ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{t: t, Clock: clock.NewFake(Start), Beat: make(chan time.Time), Log: &Log{}}
	key, err := sup.GenerateKey()
	s.must(err)
	s.Signer = sup.NewSigner(key)
	s.Store, err = sqlstore.Open(context.Background(), "sqlite::memory:", sqlstore.Options{})
	s.must(err)
	blobs, err := diskblob.Open(t.TempDir())
	s.must(err)
	s.Control = control.New(control.Options{Store: s.Store, Blobs: blobs, Now: s.Clock.Now, MaxFile: MaxFile, Signer: s.Signer,
		Trust: sup.Trust{Keys: []ed25519.PublicKey{s.Signer.PublicKey()}, Threshold: 1}})
	s.Password, err = s.Control.FirstAdministrator(context.Background())
	s.must(err)
	s.Token, _, err = s.Control.SignIn(context.Background(), "admin", s.Password)
	s.must(err)
	s.Admin, err = s.Control.Authenticate(context.Background(), s.Token)
	s.must(err)

	log := slog.New(slog.NewTextHandler(s.Log, nil))
	a := api.New(s.Control, log)
	a.Heartbeat = func() (<-chan time.Time, func()) { return s.Beat, func() {} }
	mux := http.NewServeMux()
	a.Routes(mux)
	web := httptest.NewServer(httpx.Wrap(mux, log, s.Clock.Now))
	s.URL = web.URL
	t.Cleanup(func() {
		s.Control.Feed.Close()
		web.Close()
		s.Control.Close()
		if !s.broken {
			s.must(s.Store.Close())
		}
	})
	return s
}

func (s *Server) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// Break closes the store, so that every request fails from now on.
func (s *Server) Break() {
	s.t.Helper()
	s.must(s.Store.Close())
	s.broken = true
}

// Nobody is the token of a user without any right.
func (s *Server) Nobody() string { return s.User("nobody", "", fleet.Root) }

// User is the token of a new user with the role in the units; "" is no role.
func (s *Server) User(name string, role fleet.Role, units ...fleet.UnitID) string {
	s.t.Helper()
	token := "a token of " + name
	hash := sha256.Sum256([]byte(token))
	s.must(s.Store.Write(context.Background(), func(ctx context.Context, tx control.Tx) error {
		id, err := tx.InsertUser(ctx, fleet.User{Name: name, CreatedAt: Start})
		for _, unit := range units {
			if err == nil && role != "" {
				err = tx.SetGrant(ctx, id, unit, role)
			}
		}
		if err != nil {
			return err
		}
		return tx.InsertSession(ctx, fleet.Session{Hash: hash[:], UserID: id, CreatedAt: Start, ExpiresAt: Start.Add(12 * time.Hour)})
	}))
	return token
}

// Unit makes a unit.
func (s *Server) Unit(parent fleet.UnitID, kind fleet.UnitKind, name string) fleet.UnitID {
	s.t.Helper()
	u, err := s.Control.CreateUnit(context.Background(), s.Admin, parent, kind, name)
	s.must(err)
	return u.ID
}

// Device enrols a gateway of the model, accepted.
func (s *Server) Device(key, model string) fleet.Device {
	s.t.Helper()
	return s.enrol(fleet.OneTime, fleet.Root, key, model)
}

// PendingDevice enrols a gateway that waits to be accepted.
func (s *Server) PendingDevice(key, model string) fleet.Device {
	s.t.Helper()
	return s.enrol(fleet.Application, fleet.Root, key, model)
}

// DeviceIn enrols a gateway in the unit, accepted.
func (s *Server) DeviceIn(unit fleet.UnitID, key, model string) fleet.Device {
	s.t.Helper()
	return s.enrol(fleet.OneTime, unit, key, model)
}

func (s *Server) enrol(kind fleet.TokenKind, unit fleet.UnitID, key, model string) fleet.Device {
	s.t.Helper()
	secret, _, err := s.Control.CreateToken(context.Background(), s.Admin, control.NewToken{Kind: kind, UnitID: unit})
	s.must(err)
	d := s.Admit(secret, key)
	s.Contact(d, fleet.Value{Kind: fleet.Attribute, Key: fleet.AttributeModel, Text: model})
	d, err = s.Control.Device(context.Background(), s.Admin, d.ID)
	s.must(err)
	return d
}

// Shared is the secret of an application's token.
func (s *Server) Shared() string {
	s.t.Helper()
	secret, _, err := s.Control.CreateToken(context.Background(), s.Admin, control.NewToken{Kind: fleet.Application})
	s.must(err)
	return secret
}

// Admit lets a device in that comes with the token.
func (s *Server) Admit(secret, key string) fleet.Device {
	s.t.Helper()
	d, err := s.Control.Admit(context.Background(), control.Introduction{Key: key, Password: secret, AppID: "app of " + key, Link: fleet.TR50})
	s.must(err)
	return d
}

// Contact is a telemetry message of the device.
func (s *Server) Contact(d fleet.Device, values ...fleet.Value) {
	s.t.Helper()
	_, err := s.Control.Contact(context.Background(), control.Contact{DeviceID: d.ID, At: s.Clock.Now(), Link: fleet.TR50, Telemetry: true, Values: values})
	s.must(err)
}

// Checks lets the device say that it runs scripts, and in check mode too.
func (s *Server) Checks(d fleet.Device) {
	s.t.Helper()
	s.Contact(d, fleet.Value{Kind: fleet.Attribute, Key: fleet.AttributeJetPorch, Text: "true"},
		fleet.Value{Kind: fleet.Attribute, Key: fleet.AttributeJetPorchCheck, Text: "true"})
}

// Offer hands over what is pending for the device.
func (s *Server) Offer(d fleet.Device) {
	s.t.Helper()
	s.must(s.Control.Offer(context.Background(), d.ID, func(fleet.Execution) (string, json.RawMessage, error) {
		return "method.exec", json.RawMessage(`{}`), nil
	}))
}

// Report is the device's word on its only execution that is not final.
func (s *Server) Report(d fleet.Device, event fleet.Event, detail string, confirmation json.RawMessage) {
	s.t.Helper()
	ctx := context.Background()
	all, err := s.Control.Executions(ctx, s.Admin, control.ExecutionFilter{DeviceID: d.ID, States: event.From()}, control.Page{Limit: 1})
	s.must(err)
	if len(all) == 0 {
		s.t.Fatalf("device %s has no execution to %s", d.Key, event)
	}
	s.must(s.Control.Report(ctx, control.Report{Device: d.ID, Execution: all[0].ID, Event: event, Detail: detail, Confirmation: confirmation}))
}

// Package is a signed package for the model.
func (s *Server) Package(name, version, model string) []byte {
	s.t.Helper()
	var b bytes.Buffer
	s.must(sup.Build(&b, sup.Manifest{Name: name, Version: version, ReleaseCounter: 1,
		Compatibility: compat.Requirement{Models: []string{model}},
		Actions:       []sup.Action{{Type: "file.install", Params: json.RawMessage(`{"source":"hello","path":"/etc/hello"}`)}},
	}, fstest.MapFS{"hello": {Data: []byte("hello\n")}}, s.Signer))
	return b.Bytes()
}

// Playbooks is a signed package of a playbook in the folder line, whose role
// serial has the tasks and the template line.hb; it takes the variable speed.
func (s *Server) Playbooks(name, playbook, tasks, template string) []byte {
	s.t.Helper()
	var b bytes.Buffer
	s.must(sup.Build(&b, sup.Manifest{Name: name, Version: "1", ReleaseCounter: 1,
		Variables: []variable.Variable{{Name: "speed", Type: variable.Integer}},
		Actions:   []sup.Action{sup.ApplyPlaybook("line/playbook.yml")},
	}, fstest.MapFS{"line/playbook.yml": {Data: []byte(playbook)}, "line/roles/serial/role.yml": {Data: []byte("name: serial\ntasks: [main.yml]\n")},
		"line/roles/serial/tasks/main.yml":    {Data: []byte(tasks)},
		"line/roles/serial/templates/line.hb": {Data: []byte(template)}}, s.Signer))
	return b.Bytes()
}

// Zip is a .zip of the files, a name and its content in turn.
func (s *Server) Zip(files ...string) []byte {
	s.t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i+1 < len(files); i += 2 {
		f, err := w.Create(files[i])
		s.must(err)
		_, err = f.Write([]byte(files[i+1]))
		s.must(err)
	}
	s.must(w.Close())
	return b.Bytes()
}

// Release uploads a package for the model and makes it a release.
func (s *Server) Release(name, version, model string) fleet.Release {
	s.t.Helper()
	f, err := s.Control.Upload(context.Background(), s.Admin, name+"-"+version+".sup", bytes.NewReader(s.Package(name, version, model)))
	s.must(err)
	r, err := s.Control.CreateRelease(context.Background(), s.Admin, f.ID, false)
	s.must(err)
	return r
}

// Update gives the release to the devices.
func (s *Server) Update(r fleet.Release, keys ...string) fleet.Update {
	s.t.Helper()
	u, err := s.Control.CreateUpdate(context.Background(), s.Admin, control.NewUpdate{Type: fleet.SUP, ReleaseID: r.ID, Audience: fleet.Audience{Devices: keys}})
	s.must(err)
	return u
}

// ForgeAudit puts an entry into the audit log under a seal that is none.
func (s *Server) ForgeAudit() {
	s.t.Helper()
	s.must(s.Store.Write(context.Background(), func(ctx context.Context, tx control.Tx) error {
		if err := tx.InsertAudit(ctx, fleet.AuditEntry{At: Start, Actor: "nobody", UnitID: fleet.Root, Action: "forged", Object: "entry"}); err != nil {
			return err
		}
		list, last, err := tx.Unsealed(ctx, 1000)
		for i := range list {
			list[i].Seal, list[i].Hash = last.Seal+1+int64(i), "forged"
		}
		if err != nil {
			return err
		}
		return tx.SealAudit(ctx, list)
	}))
}

// Log is what the server logged.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is everything that was logged so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// WriteLog keeps lines of a device's log.
func (s *Server) WriteLog(lines ...fleet.LogEntry) {
	s.t.Helper()
	s.must(s.Store.Write(context.Background(), func(ctx context.Context, tx control.Tx) error {
		return tx.InsertLog(ctx, s.Clock.Now(), lines)
	}))
}
