package agent

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sluicehq/sluice/agent/link"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/variable"
)

// The methods of the agent beside wire.MethodSupUpdate and wire.MethodSupCheck.
const (
	MethodDiagnostic = "gateway.diagnostic"
	MethodPing       = "ping"
)

// maxPackage keeps sums of sizes far from the end of the integers, in bytes;
// what a package may really hold is package sup's to say.
const maxPackage = 1 << 50

// takeMail looks into the mailbox after the connect and whenever the server
// says that mail waits.
func (r *Runtime) takeMail(ctx context.Context, l *link.Link) {
	wait := r.config.spacing()
	for {
		err := r.emptyMailbox(ctx, l)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			wait.Reset()
			select {
			case <-ctx.Done():
				return
			case <-l.Mail():
			}
			continue
		}
		r.Logger.Warn("cannot take the mail", "reason", err.Error())
		if !answered(err) {
			l.Drop()
			return
		}
		if wait.Wait(ctx, 0) != nil {
			return
		}
	}
}

// emptyMailbox takes messages until there are none. The server hands out each
// one once in a session (TR50 1.7).
func (r *Runtime) emptyMailbox(ctx context.Context, l *link.Link) error {
	for {
		var box wire.Mailbox
		if err := l.Call(ctx, wire.CommandMailboxCheck, wire.MailboxCheck{}, &box); err != nil {
			return err
		}
		if len(box.Messages) == 0 {
			return nil
		}
		for _, m := range box.Messages {
			if err := r.take(ctx, l, m); err != nil {
				return err
			}
		}
	}
}

// take deals with a message: an update goes to the queue, everything else is
// done and acknowledged at once.
func (r *Runtime) take(ctx context.Context, l *link.Link, m wire.Message) error {
	var call wire.MethodCall
	if m.Command != wire.CommandMethodExec {
		return acknowledge(ctx, l, m.ID, wire.StatusNotFound, fmt.Sprintf("the agent has no command %q", m.Command), nil)
	}
	if err := wire.Decode(m.Params, &call); err != nil {
		return acknowledge(ctx, l, m.ID, wire.StatusBadRequest, err.Error(), nil)
	}
	switch call.Method {
	case wire.MethodSupUpdate, wire.MethodSupCheck:
		return r.takeUpdate(ctx, l, m.ID, call.Params, call.Method == wire.MethodSupCheck)
	case MethodDiagnostic:
		name, err := r.sendDiagnostic(ctx, l)
		if err != nil {
			return acknowledge(ctx, l, m.ID, wire.StatusExecutionError, err.Error(), nil)
		}
		return acknowledge(ctx, l, m.ID, wire.StatusSuccess, "", map[string]string{"file": name})
	case MethodPing:
		return acknowledge(ctx, l, m.ID, wire.StatusSuccess, "",
			map[string]string{"response": "acknowledged", "time_stamp": r.Now().UTC().Format("2006-01-02 15:04:05")})
	}
	return acknowledge(ctx, l, m.ID, wire.StatusNotFound, fmt.Sprintf("the agent has no method %q", call.Method), nil)
}

func (r *Runtime) takeUpdate(ctx context.Context, l *link.Link, id string, params json.RawMessage, check bool) error {
	var u wire.SupUpdate
	err := wire.Decode(params, &u)
	if err == nil {
		err = checkUpdate(id, u)
	}
	if err != nil {
		return acknowledge(ctx, l, id, wire.StatusBadParameter, err.Error(), wire.SupResult{Result: "refused"})
	}
	added, err := r.queue.add(Task{ID: id, Update: u, Check: check, ReceivedAt: r.Now()})
	if err != nil {
		return acknowledge(ctx, l, id, wire.StatusFull, err.Error(), wire.SupResult{Result: "failed"})
	}
	if added {
		r.Logger.Info("update received", "package", u.Name, "version", u.Version, "check", check, "message", id)
	}
	return nil
}

func checkUpdate(id string, u wire.SupUpdate) error {
	sum, err := hex.DecodeString(u.SHA256)
	switch {
	case id == "":
		return errors.New("the message has no id")
	case u.File == "":
		return errors.New("the parameter file is missing")
	case err != nil || len(sum) != 32:
		return errors.New("the parameter sha256 is not a SHA-256 in hexadecimal")
	case u.Size <= 0 || u.Size > maxPackage:
		return errors.New("the parameter size is not a number of bytes")
	}
	return variable.CheckBounds(u.Variables)
}

// acknowledge answers a message. That the server does not know it any more is
// no error.
func acknowledge(ctx context.Context, l *link.Link, id string, code wire.Code, reason string, params any) error {
	ack, err := newAck(id, code, reason, params)
	if err != nil {
		return err
	}
	if err := l.Call(ctx, wire.CommandMailboxAck, ack, nil); err != nil && !settled(err) {
		return err
	}
	return nil
}

func newAck(id string, code wire.Code, reason string, params any) (wire.MailboxAck, error) {
	ack := wire.MailboxAck{ID: id, ErrorCode: code, ErrorMessage: wire.Text(reason)}
	if params == nil {
		return ack, nil
	}
	raw, err := json.Marshal(params)
	if err != nil {
		return ack, fmt.Errorf("cannot acknowledge message %s: %v", id, err)
	}
	ack.Params = raw
	return ack, nil
}
