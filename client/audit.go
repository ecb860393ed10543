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
	UnitID int64     `json:"unit_id"`
	Action string    `json:"action"`
	Object string    `json:"object"`
	Detail string    `json:"detail,omitempty"`
	Seal   int64     `json:"seal,omitempty"` // its place in the chain; 0 before it is sealed
	Hash   string    `json:"hash,omitempty"` // SHA-256 over the hash before it and the entry
}

// Audit is the audit log, newest first.
func (c *Client) Audit(ctx context.Context) iter.Seq2[AuditEntry, error] {
	return all[AuditEntry](ctx, c, "/audit", nil)
}

// Verification is what came of verifying the audit log.
type Verification struct {
	Intact  bool   `json:"intact"`
	Entries int    `json:"entries"`          // that are sealed and good, from the first
	Hash    string `json:"hash"`             // of the last good one
	Broken  int64  `json:"broken,omitempty"` // the seal of the first that is missing or was changed
}

// VerifyAudit makes the server verify the chain of the whole audit log.
func (c *Client) VerifyAudit(ctx context.Context) (Verification, error) {
	var v Verification
	err := c.get(ctx, "/audit/verification", nil, &v)
	return v, err
}
