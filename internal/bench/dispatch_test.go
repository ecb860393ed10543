package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/sup"
)

const updates = 300

// dispatch gives updates to one connected device, one after the other. The
// device sends telemetry as soon as an update exists, is notified, and fetches
// the command from its mailbox.
func (t *table) dispatch(b *testing.B, db database) {
	w := serve(b, db.url(b))
	c, err := w.device("gw")
	w.must(err)
	defer c.Close()
	release := w.release()
	var toSent, toCommand []time.Duration
	for range updates {
		start := time.Now()
		_, err := w.server.Control.CreateUpdate(w.Context(), w.admin, control.NewUpdate{Type: fleet.SUP, ReleaseID: release,
			Audience: fleet.Audience{Devices: []string{"gw"}}})
		w.must(err)
		created := time.Now()
		c.write(b, publish("api/"+suffix, request))
		c.until(b, wire.NotifyTopic)
		toSent = append(toSent, time.Since(start))
		mail := c.call(b, wire.CommandMailboxCheck, `{"autoComplete":false}`)
		toCommand = append(toCommand, time.Since(created))
		c.confirm(b, mail)
	}
	commit := 1000 / plainCommits(b, db.url(b))
	t.add(b, row{what: "telemetry to command, median, " + db.title, got: millis(median(toCommand)), unit: "ms", aim: 50, most: true,
		peers: []peer{{"one plain commit", commit}}})
	t.add(b, row{what: "update created to sent, median, " + db.title, got: millis(median(toSent)), unit: "ms",
		peers: []peer{{"one plain commit", commit}}})
}

// release uploads a package that does next to nothing.
func (w *world) release() fleet.ReleaseID {
	w.Helper()
	manifest := sup.Manifest{Name: "bench", Version: "1", ReleaseCounter: 1, Actions: []sup.Action{
		{Type: "command.run", Params: json.RawMessage(`{"argv":["true"]}`)},
	}}
	var built bytes.Buffer
	w.must(sup.Build(&built, manifest, fstest.MapFS{"note": {Data: []byte("1")}}, w.server.Signer))
	file, err := w.server.Control.Upload(w.Context(), w.admin, "bench.sup", &built)
	w.must(err)
	release, err := w.server.Control.CreateRelease(w.Context(), w.admin, file.ID, false)
	w.must(err)
	return release.ID
}

// confirm ends the execution that the mailbox brought, so that the next one
// may be sent.
func (c *client) confirm(b *testing.B, mailbox string) {
	b.Helper()
	var reply map[string]struct{ Params wire.Mailbox }
	if err := json.Unmarshal([]byte(mailbox), &reply); err != nil || len(reply["1"].Params.Messages) != 1 {
		b.Fatalf("the mailbox gave %s (%v)", mailbox, err)
	}
	c.call(b, wire.CommandMailboxAck, fmt.Sprintf(
		`{"id":%q,"errorCode":0,"params":{"result":"succeeded","confirmation":{"result":"succeeded","actions":[]}}}`,
		reply["1"].Params.Messages[0].ID))
}
