package sim

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sluicehq/sluice/agent/backoff"
	"github.com/sluicehq/sluice/agent/link"
	"github.com/sluicehq/sluice/agent/transfer"
	"github.com/sluicehq/sluice/device/tr50/wire"
)

// task is one update. It goes on where the last link ended.
type task struct {
	id     string
	update wire.SupUpdate
	check  bool
	sink   *transfer.Hash
	told   wire.Progress
	ack    *wire.MailboxAck // decided, but not reported
	result Outcome
}

func newTask(id string, u wire.SupUpdate, check bool) *task {
	return &task{id: id, update: u, check: check, sink: transfer.NewHash()}
}

// work carries out what was accepted, one after the other. Its error is a lost
// link.
func (d *Device) work(ctx context.Context, l *link.Link) error {
	for len(d.tasks) > 0 {
		t := d.tasks[0]
		if t.ack == nil {
			if err := d.carryOut(ctx, l, t); err != nil {
				return err
			}
		}
		if t.result != Silent {
			if err := d.send(ctx, l, wire.CommandMailboxAck, t.ack); err != nil {
				return err
			}
		}
		d.tasks = d.tasks[1:]
		if len(d.done) >= maxDone {
			clear(d.done)
		}
		d.done[t.id] = t
		if t.result == Succeed && !t.check {
			d.version[t.update.Name] = t.update.Version
			if err := d.introduce(ctx, l); err != nil && !answered(err) {
				return err
			}
		}
		if d.options.Done != nil && t.result != Silent {
			d.options.Done(d.options.Key, t.result)
		}
	}
	return nil
}

// carryOut fetches the file and goes through the phases, and decides the ack.
func (d *Device) carryOut(ctx context.Context, l *link.Link, t *task) error {
	if err := d.tell(ctx, l, t, wire.TransferStarted); err != nil {
		return err
	}
	err := d.fetch(ctx, l, t)
	var final *transfer.Error
	switch {
	case errors.As(err, &final):
		return t.decide(Fail, wire.StatusIOError, final.Reason)
	case err != nil:
		return err
	}
	if err := d.tell(ctx, l, t, wire.TransferCompleted); err != nil {
		return err
	}
	if d.options.Outcome == Refuse {
		return t.decide(Refuse, wire.StatusNotSupported, d.options.Reason)
	}
	if err := d.tell(ctx, l, t, wire.InstallationStarted); err != nil {
		return err
	}
	if err := pause(ctx, d.options.InstallFor); err != nil {
		return err
	}
	if d.options.Outcome != Succeed {
		return t.decide(d.options.Outcome, wire.StatusExecutionError, d.options.Reason)
	}
	if err := d.tell(ctx, l, t, wire.InstallationCompleted); err != nil {
		return err
	}
	reason := ""
	if t.check {
		reason = "would change nothing: this device is simulated"
	}
	return t.decide(Succeed, wire.StatusSuccess, reason)
}

// words orders the progress.
var words = map[wire.Progress]int{"": 0, wire.TransferStarted: 1, wire.TransferCompleted: 2,
	wire.InstallationStarted: 3, wire.InstallationCompleted: 4}

func (d *Device) tell(ctx context.Context, l *link.Link, t *task, word wire.Progress) error {
	if words[t.told] >= words[word] {
		return nil
	}
	err := d.send(ctx, l, wire.CommandMailboxUpdate, wire.MailboxUpdate{ID: t.id, Msg: wire.Text(word.Msg(""))})
	if err == nil {
		t.told = word
	}
	return err
}

func (d *Device) fetch(ctx context.Context, l *link.Link, t *task) error {
	var sum [32]byte
	if n, err := hex.Decode(sum[:], []byte(t.update.SHA256)[:min(len(t.update.SHA256), 64)]); err != nil || n != 32 {
		return &transfer.Error{Reason: fmt.Sprintf("%q is not a SHA-256", t.update.SHA256)}
	}
	f := transfer.Fetch{Client: d.options.Client, Size: t.update.Size, SHA256: sum, Sink: t.sink,
		Backoff: backoff.Backoff{Base: min(time.Second, d.options.RetryCap), Cap: d.options.RetryCap},
		Ticket:  func(ctx context.Context) (transfer.Ticket, error) { return d.ticket(ctx, l, t.update) },
		Note: func(string) {
			if d.options.CutAfter > 0 {
				l.Drop()
			}
		},
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var watch sync.WaitGroup
	defer watch.Wait()
	ended := make(chan struct{})
	defer close(ended)
	watch.Go(func() {
		select {
		case <-l.Done(): // the next link goes on; it can ask for another ticket
			cancel(l.Err())
		case <-ended:
		}
	})
	return f.Run(ctx)
}

func (d *Device) ticket(ctx context.Context, l *link.Link, u wire.SupUpdate) (transfer.Ticket, error) {
	var ticket wire.FileTicket
	err := l.Call(ctx, wire.CommandFileGet,
		wire.FileGet{Thing: wire.ThingKeyOnly(d.options.Key), FileName: u.File, Global: wire.Flag(u.Global)}, &ticket)
	if err != nil {
		if answered(err) {
			return transfer.Ticket{}, &transfer.Error{Kind: transfer.Missing, Reason: err.Error()}
		}
		return transfer.Ticket{}, err
	}
	out := transfer.Ticket{URL: transfer.FileURL(d.options.ServerURL, ticket.FileID), Size: ticket.FileSize}
	if ticket.CRC32 != nil {
		sum := uint32(*ticket.CRC32)
		out.CRC32 = &sum
	}
	return out, nil
}

// decide makes the final report.
func (t *task) decide(o Outcome, code wire.Code, reason string) error {
	if reason == "" && o != Succeed {
		reason = "the simulation wants it so"
	}
	c, err := confirmation(t, o, reason)
	if err != nil {
		return err
	}
	params, err := json.Marshal(wire.SupResult{Result: string(o), Confirmation: c})
	if err != nil {
		return err
	}
	t.result = o
	t.ack = &wire.MailboxAck{ID: t.id, ErrorCode: code, ErrorMessage: wire.Text(reason), Params: params}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
