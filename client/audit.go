package client

import (
	"context"
	"iter"
	"time"
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

// Audit is the audit log, newest first.
func (c *Client) Audit(ctx context.Context) iter.Seq2[AuditEntry, error] {
	return all[AuditEntry](ctx, c, "/audit", nil)
}
