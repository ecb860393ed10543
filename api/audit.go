package api

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// AuditEntry is one line of the audit log.
type AuditEntry struct {
	ID     int64     `json:"id"`
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Action string    `json:"action"`
	Object string    `json:"object"`
	Detail string    `json:"detail,omitempty"`
}

func (a *API) listAudit(ctx context.Context, in *Page) (*output[list[AuditEntry]], error) {
	entries, err := a.control.Audit(ctx, actorOf(ctx), in.control())
	return answerList(entries, err, *in, func(e fleet.AuditEntry) AuditEntry {
		return AuditEntry{ID: e.ID, At: e.At, Actor: e.Actor, Action: e.Action, Object: e.Object, Detail: e.Detail}
	}, func(e fleet.AuditEntry) int64 { return e.ID })
}
