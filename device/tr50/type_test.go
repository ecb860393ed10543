package tr50

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/sup"
)

// given are the types of update that an operator gives over TR50.
func given(w *world) map[fleet.UpdateType]control.NewUpdate {
	w.Helper()
	ctx := context.Background()
	r, err := w.control.SetPredefined(ctx, w.admin, w.release("1.0", 1).ID, true)
	w.must(err)
	hash, _, err := w.control.CreateMagicLink(ctx, w.admin, r.ID, []string{"gw-1"}, "")
	w.must(err)
	all := map[fleet.UpdateType]control.NewUpdate{
		fleet.SUP:             {ReleaseID: r.ID},
		fleet.Predefined:      {ReleaseID: r.ID},
		fleet.MagicLinkUpdate: {MagicLink: hash},
		fleet.JetPorch:        {Script: "- name: demo\n  groups: [all]\n  tasks:\n    - !echo\n      msg: hello\n"},
	}
	for t, n := range all {
		n.Type, n.Audience = t, fleet.Audience{Devices: []string{"gw-1"}}
		all[t] = n
	}
	return all
}

func TestEveryTypeOfUpdateIsDeliveredFetchedAndConfirmed(t *testing.T) {
	t.Parallel()
	for _, kind := range []fleet.UpdateType{fleet.SUP, fleet.Predefined, fleet.MagicLinkUpdate, fleet.JetPorch} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c := w.enrol("gw-1")
			c.ok("attribute.batch", `{"data":[{"key":"os_name","value":"KerOS"},{"key":"version","value":"6.1"}]}`)
			_, err := w.control.CreateUpdate(context.Background(), w.admin, given(w)[kind])
			w.must(err)
			w.expectState("gw-1", fleet.Pending)

			c.telemetry()
			c.expectNotify()
			m := c.one()
			call := decode[wire.MethodCall](t, m.Params)
			update := decode[wire.SupUpdate](t, call.Params)
			if m.Command != "method.exec" || call.Method != "gateway.sup.update" || !update.Global || !strings.HasSuffix(update.File, ".sup") {
				t.Fatalf("got %s %s %+v", m.Command, call.Method, update)
			}
			ticket := decode[wire.FileTicket](t, c.ok("file.get", `{"fileName":"`+update.File+`","global":true}`))
			pack := w.fetched(ticket, update)
			w.checkActions(pack, kind)
			c.progress(m.ID, wire.TransferStarted)
			c.ok("mailbox.ack", confirmed(m.ID))
			w.expectState("gw-1", fleet.Succeeded)
		})
	}
}

// fetched downloads what the ticket is for and holds it against the message.
func (w *world) fetched(ticket wire.FileTicket, update wire.SupUpdate) string {
	w.Helper()
	body, err := io.ReadAll(w.get(ticket.FileID, "").Body)
	w.must(err)
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != update.SHA256 || int64(len(body)) != update.Size || ticket.FileSize != update.Size {
		w.Fatalf("%d bytes were fetched that are not the %d of the message", len(body), update.Size)
	}
	return string(body)
}

// checkActions verifies the package as a device does.
func (w *world) checkActions(pack string, kind fleet.UpdateType) {
	w.Helper()
	m, err := sup.Verify(strings.NewReader(pack), sup.Trust{Keys: []ed25519.PublicKey{w.key.Public().(ed25519.PublicKey)}, Threshold: 1})
	w.must(err)
	want := "command.run"
	if kind == fleet.JetPorch {
		want = "playbook.apply"
	}
	if len(m.Actions) != 1 || m.Actions[0].Type != want {
		w.Errorf("an update of type %s sent the actions %v, want %s", kind, m.Actions, want)
	}
}
