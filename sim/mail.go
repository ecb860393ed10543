package sim

import (
	"context"
	"encoding/json"

	"github.com/sluicehq/sluice/agent/link"
	"github.com/sluicehq/sluice/device/tr50/wire"
)

// takeMail empties the mailbox. Updates are kept for work, everything else is
// answered: ping with success, an unknown method with 12.
func (d *Device) takeMail(ctx context.Context, l *link.Link) error {
	for {
		var box wire.Mailbox
		err := l.Call(ctx, wire.CommandMailboxCheck, wire.MailboxCheck{}, &box)
		if err != nil && answered(err) {
			return nil // a pending device, say
		}
		if err != nil || len(box.Messages) == 0 {
			return err
		}
		for _, m := range box.Messages {
			if err := d.take(ctx, l, m); err != nil {
				return err
			}
		}
	}
}

func (d *Device) take(ctx context.Context, l *link.Link, m wire.Message) error {
	var call wire.MethodCall
	var update wire.SupUpdate
	err := wire.Decode(m.Params, &call)
	code := wire.StatusNotFound
	if err == nil && m.Command == wire.CommandMethodExec {
		switch call.Method {
		case wire.MethodSupUpdate, wire.MethodSupCheck:
			if err := wire.Decode(call.Params, &update); err == nil {
				return d.accept(m.ID, update, call.Method == wire.MethodSupCheck)
			}
			code = wire.StatusBadParameter
		case "ping":
			code = wire.StatusSuccess
		}
	}
	return d.send(ctx, l, wire.CommandMailboxAck, wire.MailboxAck{ID: m.ID, ErrorCode: code})
}

// accept knows an update again by the id of its message.
func (d *Device) accept(id string, u wire.SupUpdate, check bool) error {
	for _, t := range d.tasks {
		if t.id == id {
			return nil
		}
	}
	t := d.done[id]
	if t == nil {
		t = newTask(id, u, check)
	}
	d.tasks = append(d.tasks, t)
	return nil
}

// send sends a report, twice where the options say so. That the server does not
// take it is no reason to send it again.
func (d *Device) send(ctx context.Context, l *link.Link, command string, params any) error {
	times := 1
	if d.options.Duplicate {
		times = 2
	}
	for range times {
		if err := l.Call(ctx, command, params, nil); err != nil && !answered(err) {
			return err
		}
	}
	return nil
}

// confirmation is what an installer would have written.
func confirmation(t *task, o Outcome, reason string) (json.RawMessage, error) {
	status := map[Outcome]string{Succeed: "ok", RollBack: "undone"}[o]
	if status == "" {
		status = "failed"
	}
	return json.Marshal(map[string]any{
		"job_id": t.id, "check": t.check, "package": t.update.Name, "version": t.update.Version, "result": o, "reason": reason,
		"actions": []map[string]any{{"index": 1, "type": "simulated", "summary": "nothing is done", "status": status}},
	})
}
