package api

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// LogEntry is a line of a device's log.
type LogEntry struct {
	ID    int64     `json:"id"`
	At    time.Time `json:"at"`
	Level string    `json:"level" enum:"error,warning,info"`
	Text  string    `json:"text"`
}

func (a *API) deviceLog(ctx context.Context, in *devicePageInput) (*output[list[LogEntry]], error) {
	lines, err := a.control.Log(ctx, actorOf(ctx), in.Device, in.control())
	return answerList(lines, err, in.Page, func(l fleet.LogEntry) LogEntry {
		return LogEntry{ID: l.ID, At: l.At, Level: levelWord(l.Level), Text: l.Text}
	}, func(l fleet.LogEntry) int64 { return l.ID })
}

// levelWord is a level for people; TR50 knows it as a number.
func levelWord(l fleet.LogLevel) string {
	switch l {
	case fleet.LogError:
		return "error"
	case fleet.LogWarning:
		return "warning"
	}
	return "info"
}
