package agent

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/sluicehq/sluice/agent/link"
	"github.com/sluicehq/sluice/agent/transfer"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/install/job"
)

// reserve is the room that is left free on the device beside the package and
// what the installer unpacks of it, in bytes.
const reserve = 1 << 20

// fetch brings the package to packagePath, from wherever an earlier attempt
// stopped. An outcome says why it cannot be had.
func (r *Runtime) fetch(ctx context.Context, t *Task) (*Outcome, error) {
	if _, err := os.Stat(t.packagePath()); err == nil {
		return nil, nil
	}
	sink, err := transfer.OpenFile(t.partPath())
	if err != nil {
		return nil, err
	}
	defer sink.Close()
	room, err := transfer.Room(t.dir)
	if err != nil {
		return nil, err
	}
	// The package, and once more what is unpacked of it.
	if need := 2*t.Update.Size - sink.Offset() + reserve; room < need {
		return failed(wire.StatusFull, fmt.Sprintf("there is no room for %s: %d bytes are needed, %d are free", t.Update.File, need, room)), nil
	}
	err = r.transfer(ctx, t, sink)
	var final *transfer.Error
	switch {
	case errors.As(err, &final):
		return failed(transferCode(final.Kind), final.Reason), nil
	case errors.Is(err, errStalled):
		return failed(wire.StatusTimedOut, fmt.Sprintf("the transfer of %s brought nothing for %d seconds, at byte %d of %d",
			t.Update.File, t.Update.Timeout, sink.Offset(), t.Update.Size)), nil
	case err != nil:
		return nil, err
	}
	if err := sink.MoveTo(t.packagePath()); err != nil {
		return nil, err
	}
	return nil, job.SyncDir(t.dir)
}

func (r *Runtime) transfer(ctx context.Context, t *Task, sink transfer.Sink) error {
	return r.limited(ctx, t.Update.Timeout, sink, func(ctx context.Context, sink transfer.Sink) error {
		f := transfer.Fetch{
			Client: r.client, Size: t.Update.Size, SHA256: sha256Of(t.Update), Sink: sink,
			Ticket:  func(ctx context.Context) (transfer.Ticket, error) { return r.ticket(ctx, t.Update) },
			Backoff: r.config.spacing(),
			Note:    func(s string) { r.Logger.Warn(s, "message", t.ID) },
		}
		return f.Run(ctx)
	})
}

// ticket asks the server for the address of the package.
func (r *Runtime) ticket(ctx context.Context, u wire.SupUpdate) (transfer.Ticket, error) {
	var ticket wire.FileTicket
	err := r.up.do(ctx, func(l *link.Link) error {
		return l.Call(ctx, wire.CommandFileGet,
			wire.FileGet{Thing: wire.ThingKeyOnly(r.config.ThingKey), FileName: u.File, Global: wire.Flag(u.Global)}, &ticket)
	})
	if settled(err) {
		return transfer.Ticket{}, &transfer.Error{Kind: transfer.Missing, Reason: fmt.Sprintf("the server does not give out %s: %v", u.File, err)}
	}
	if err != nil {
		return transfer.Ticket{}, err
	}
	out := transfer.Ticket{URL: transfer.FileURL(r.config.ServerURL, ticket.FileID), Size: ticket.FileSize}
	if ticket.CRC32 != nil {
		sum := uint32(*ticket.CRC32)
		out.CRC32 = &sum
	}
	return out, nil
}

func failed(code wire.Code, reason string) *Outcome {
	return &Outcome{Result: job.Failed, Code: code, Reason: reason}
}

func transferCode(k transfer.Kind) wire.Code {
	switch k {
	case transfer.Missing:
		return wire.StatusNotFound
	case transfer.Local:
		return wire.StatusFull
	}
	return wire.StatusIOError
}
