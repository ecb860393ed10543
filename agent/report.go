package agent

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"unicode"

	"github.com/sluicehq/sluice/agent/link"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/install/job"
)

// Bounds of what is reported, in lines and bytes.
const (
	linesPerMessage = 32
	maxLine         = 1000
)

// line is one message for the audit log.
type line struct {
	level wire.Number
	text  string
}

// report writes the audit log, publishes its lines, and sends the one final
// report. It returns when the server has answered; a repetition after a kill
// carries the same id, which the server takes as one.
func (r *Runtime) report(ctx context.Context, task *Task) error {
	t := r.queue.snapshot(task)
	c, err := job.ReadConfirmation(t.dir)
	confirmed := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	lines := auditLines(&t, c)
	if !t.Audited {
		if err := r.writeAudit(t.ID, lines); err != nil {
			return err
		}
		if err := r.queue.note(task, func(t *Task) { t.Audited = true }); err != nil {
			return err
		}
	}
	if err := r.publishLines(ctx, task, lines); err != nil {
		return err
	}
	if !t.Local {
		result := wire.SupResult{Result: string(t.Outcome.Result)}
		if confirmed {
			if result.Confirmation, err = compact(c); err != nil {
				return err
			}
		}
		ack, err := newAck(t.ID, t.Outcome.Code, clip(t.Outcome.Reason), result)
		if err != nil {
			return err
		}
		if err := r.up.call(ctx, wire.CommandMailboxAck, ack, nil); err != nil {
			if !settled(err) {
				return err
			}
			r.Logger.Error("the server does not take the final report", "message", t.ID, "reason", err.Error())
		}
	}
	r.Logger.Info("update reported", "message", t.ID, "result", t.Outcome.Result)
	return r.queue.note(task, func(now *Task) { now.Reported = now.arrivals == t.arrivals })
}

// publishLines sends what the server has not taken yet, in order.
func (r *Runtime) publishLines(ctx context.Context, task *Task, lines []line) error {
	for {
		sent := r.queue.snapshot(task).LogSent
		if sent >= len(lines) {
			return nil
		}
		part := lines[sent:min(sent+linesPerMessage, len(lines))]
		commands := make([]wire.Command, len(part))
		for i, l := range part {
			command, err := wire.NewCommand(strconv.Itoa(i+1), wire.CommandLogPublish, wire.LogPublish{
				Thing: wire.ThingKeyOnly(r.config.ThingKey), Msg: wire.Text(l.text), Level: &l.level,
				TS: wire.At(r.Now()), CorrID: wire.Text(fmt.Sprintf("%s/%d", task.ID, sent+i+1)),
			})
			if err != nil {
				return err
			}
			commands[i] = command
		}
		err := r.up.do(ctx, func(l *link.Link) error {
			_, err := l.Do(ctx, commands...)
			return err
		})
		if err != nil && !settled(err) {
			return err
		}
		if err := r.queue.note(task, func(t *Task) { t.LogSent = sent + len(part) }); err != nil {
			return err
		}
	}
}

// auditLines says what came of each action, and of the whole.
func auditLines(t *Task, c job.Confirmation) []line {
	name := strings.TrimSpace(t.Update.Name + " " + t.Update.Version)
	if c.Package != "" {
		name = c.Package + " " + c.Version
	}
	if t.Check {
		name += " (check)"
	}
	var lines []line
	for _, a := range c.Actions {
		l := line{wire.LogInfo, fmt.Sprintf("sup %s: action %d/%d %s %s: %s", name, a.Index, len(c.Actions), a.Type, a.Summary, a.Status)}
		if a.Error != "" {
			l.text += ": " + a.Error
		}
		if a.Status == job.StatusFailed || a.Status == job.StatusUndoFailed {
			l.level = wire.LogError
		}
		l.text = clip(l.text)
		lines = append(lines, l)
	}
	end := line{wire.LogInfo, fmt.Sprintf("sup %s: %s", name, t.Outcome.Result)}
	if t.Outcome.Result != job.Succeeded {
		end.level = wire.LogError
	}
	if t.Outcome.Reason != "" {
		end.text += ": " + t.Outcome.Reason
	}
	end.text = clip(end.text)
	return append(lines, end)
}

// clip makes a text one line of at most maxLine bytes, valid UTF-8 and without
// control characters.
func clip(text string) string {
	text = Printable(strings.Join(strings.Fields(text), " "))
	if len(text) > maxLine {
		text = text[:maxLine-3] + "..."
	}
	return strings.ToValidUTF8(text, "")
}

// Printable is a text in which what a terminal would obey, or not show, stands
// as an escape; lines and tabs stay. Programs, packages and the server write
// what they like.
func Printable(text string) string {
	text = strings.ToValidUTF8(text, "")
	harmless := func(r rune) bool { return unicode.IsPrint(r) || unicode.IsSpace(r) && r != '\r' && r != '\u0085' }
	if !strings.ContainsFunc(text, func(r rune) bool { return !harmless(r) }) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if harmless(r) {
			b.WriteRune(r)
			continue
		}
		quoted := strconv.QuoteRune(r)
		b.WriteString(quoted[1 : len(quoted)-1])
	}
	return b.String()
}
