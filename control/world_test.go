package control_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sluicehq/sluice/blob/diskblob"
	"github.com/sluicehq/sluice/compat"
	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/clock"
	"github.com/sluicehq/sluice/store/sqlstore"
	"github.com/sluicehq/sluice/sup"
)

// start is when every test begins.
var start = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// world is a server without its doors: real store, real blobs, a clock that
// the test owns.
type world struct {
	*control.Control
	t      *testing.T
	clock  *clock.Fake
	admin  control.Actor
	signer sup.Signer
}

// newWorld has an administrator.
func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOn(t, "sqlite::memory:")
}

// newWorldOn keeps its store at the URL.
func newWorldOn(t *testing.T, url string) *world {
	t.Helper()
	w := newEmptyWorldOn(t, url)
	_, err := w.FirstAdministrator(t.Context())
	w.must(err)
	w.admin = w.actor("admin")
	return w
}

func newEmptyWorld(t *testing.T) *world {
	t.Helper()
	return newEmptyWorldOn(t, "sqlite::memory:")
}

func newEmptyWorldOn(t *testing.T, url string) *world {
	t.Helper()
	ctx := t.Context()
	store, err := sqlstore.Open(ctx, url, sqlstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := diskblob.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	key, err := sup.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, clock: clock.NewFake(start), signer: sup.NewSigner(key)}
	w.Control = control.New(control.Options{Store: store, Blobs: blobs, Now: w.clock.Now, Signer: w.signer,
		Trust: sup.Trust{Keys: []ed25519.PublicKey{w.signer.PublicKey()}, Threshold: 1}})
	t.Cleanup(func() {
		w.Close()
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// actor is a user as a signed-in one.
func (w *world) actor(name string) control.Actor {
	w.t.Helper()
	u, err := w.Store.UserByName(w.t.Context(), name)
	w.must(err)
	grants, err := w.Store.Grants(w.t.Context(), u.ID)
	w.must(err)
	u.MustChange = false
	return control.Actor{User: u, Grants: grants}
}

// user makes a user with a role in a unit.
func (w *world) user(name string, role fleet.Role, in fleet.UnitID) control.Actor {
	w.t.Helper()
	_, _, err := w.CreateUser(w.t.Context(), w.admin, name, in, role)
	w.must(err)
	return w.actor(name)
}

// unit makes a unit below another.
func (w *world) unit(below fleet.UnitID, kind fleet.UnitKind, name string) fleet.UnitID {
	w.t.Helper()
	u, err := w.CreateUnit(w.t.Context(), w.admin, below, kind, name)
	w.must(err)
	return u.ID
}

// group makes a group of devices in the root unit.
func (w *world) group(name string, keys ...string) fleet.Group {
	w.t.Helper()
	g, err := w.CreateGroup(w.t.Context(), w.admin, fleet.Group{UnitID: fleet.Root, Name: name})
	w.must(err)
	g, err = w.AddMembers(w.t.Context(), w.admin, g.ID, keys)
	w.must(err)
	return g
}

// device enrols a gateway of the model, accepted.
func (w *world) device(key, model string) fleet.Device {
	w.t.Helper()
	token, _, err := w.CreateToken(w.t.Context(), w.admin, control.NewToken{Kind: fleet.OneTime})
	w.must(err)
	d, err := w.Admit(w.t.Context(), control.Introduction{Key: key, Password: token, AppID: "app of " + key, Link: fleet.TR50})
	w.must(err)
	w.contact(d, fleet.Value{Kind: fleet.Attribute, Key: fleet.AttributeModel, Text: model})
	d, err = w.Device(w.t.Context(), w.admin, d.ID)
	w.must(err)
	return d
}

// contact publishes the values and tells whether a command may be offered.
func (w *world) contact(d fleet.Device, values ...fleet.Value) bool {
	w.t.Helper()
	answer, err := w.Contact(w.t.Context(), control.Contact{DeviceID: d.ID, At: w.clock.Now(), Link: fleet.TR50, Telemetry: true, Values: values})
	w.must(err)
	return answer.Pending
}

// offer hands over what is pending, as a protocol does after telemetry.
func (w *world) offer(d fleet.Device) {
	w.t.Helper()
	w.must(w.Offer(w.t.Context(), d.ID, func(e fleet.Execution) (string, json.RawMessage, error) {
		return "method.exec", json.RawMessage(fmt.Sprintf(`{"release":%q}`, e.Update.Release.Name)), nil
	}))
}

// release uploads a signed package for the model.
func (w *world) release(name, version, model string) fleet.Release {
	w.t.Helper()
	file, err := w.Upload(w.t.Context(), w.admin, name+".sup", bytes.NewReader(w.pack(name, version, model)))
	w.must(err)
	r, err := w.CreateRelease(w.t.Context(), w.admin, file.ID, false)
	w.must(err)
	return r
}

// releaseFrom uploads a signed package that goes on the given versions.
func (w *world) releaseFrom(name, version, from string) fleet.Release {
	w.t.Helper()
	pack := w.packFor(name, version, compat.Requirement{Versions: from})
	file, err := w.Upload(w.t.Context(), w.admin, name+"-"+version+".sup", bytes.NewReader(pack))
	w.must(err)
	r, err := w.CreateRelease(w.t.Context(), w.admin, file.ID, false)
	w.must(err)
	return r
}

func (w *world) pack(name, version, model string) []byte {
	return w.packFor(name, version, compat.Requirement{Models: []string{model}})
}

func (w *world) packFor(name, version string, fits compat.Requirement) []byte {
	w.t.Helper()
	var b bytes.Buffer
	params := json.RawMessage(`{"source":"hello","path":"/etc/hello"}`)
	w.must(sup.Build(&b, sup.Manifest{Format: sup.Format, Name: name, Version: version, ReleaseCounter: 1,
		Compatibility: fits,
		Actions:       []sup.Action{{Type: "file.install", Params: params}}}, fstest.MapFS{"hello": {Data: []byte("hello\n")}}, w.signer))
	return b.Bytes()
}

// update gives the release to the devices.
func (w *world) update(r fleet.Release, keys ...string) fleet.Update {
	w.t.Helper()
	u, err := w.CreateUpdate(w.t.Context(), w.admin, control.NewUpdate{Type: fleet.SUP, ReleaseID: r.ID, Audience: fleet.Audience{Devices: keys}})
	w.must(err)
	return u
}

// execution is the update's execution on the device.
func (w *world) execution(u fleet.Update, key string) fleet.Execution {
	w.t.Helper()
	list, err := w.Executions(w.t.Context(), w.admin, control.ExecutionFilter{UpdateID: u.ID}, control.Page{Limit: 100})
	w.must(err)
	i := slices.IndexFunc(list, func(e fleet.Execution) bool { return e.Device.Key == key })
	if i < 0 {
		w.t.Fatalf("update %s has no execution on %s", u.ID, key)
	}
	e, err := w.Execution(w.t.Context(), w.admin, list[i].ID)
	w.must(err)
	return e
}

// stands asserts where the update's execution on the device is.
func (w *world) stands(u fleet.Update, key string, want fleet.State, reason string) {
	w.t.Helper()
	if e := w.execution(u, key); e.State != want || e.Reason != reason {
		w.t.Errorf("update %s on %s: got %s (%s), want %s (%s)", u.ID, key, e.State, e.Reason, want, reason)
	}
}

// mail checks the mailbox in a session.
func (w *world) mail(d fleet.Device, session string) []fleet.Message {
	w.t.Helper()
	list, _, err := w.CheckMail(w.t.Context(), d.ID, session, control.Room{Bytes: 1 << 20})
	w.must(err)
	return list
}

func (w *world) ack(d fleet.Device, id string, code int, text string) {
	w.t.Helper()
	w.must(w.Acknowledge(w.t.Context(), d.ID, id, fleet.Answer{ErrorCode: code, ErrorMessage: text}, judge))
}

// judge is a protocol's reading of an answer.
func judge(a fleet.Answer) control.Verdict {
	if a.ErrorCode == 0 {
		return control.Verdict{Event: fleet.Succeed, Confirmation: json.RawMessage(`{"result":"succeeded"}`)}
	}
	return control.Verdict{Event: fleet.Fail, Detail: a.ErrorMessage}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// refused asserts an error of the code with the sentence.
func refused(t *testing.T, err error, code fleet.Code, sentence string) {
	t.Helper()
	if fleet.CodeOf(err) != code || fleet.Sentence(err) != sentence {
		t.Errorf("got %s %q\nwant %s %q", fleet.CodeOf(err), err, code, sentence)
	}
}
