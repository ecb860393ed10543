package api

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// AuditEntry is one line of the audit log.
type AuditEntry struct {
	ID     int64        `json:"id"`
	At     time.Time    `json:"at"`
	Actor  string       `json:"actor"`
	UnitID fleet.UnitID `json:"unit_id"`
	Action string       `json:"action"`
	Object string       `json:"object"`
	Detail string       `json:"detail,omitempty"`
	Seal   int64        `json:"seal,omitempty" doc:"Its place in the chain; left out for the seconds before it is sealed"`
	Hash   string       `json:"hash,omitempty" doc:"SHA-256 over the hash before it and the entry, hexadecimal"`
}

func auditEntryOf(e fleet.AuditEntry) AuditEntry {
	return AuditEntry{ID: e.ID, At: e.At, Actor: e.Actor, UnitID: e.UnitID, Action: e.Action, Object: e.Object, Detail: e.Detail, Seal: e.Seal, Hash: e.Hash}
}

func (a *API) listAudit(ctx context.Context, in *Page) (*output[list[AuditEntry]], error) {
	entries, err := a.control.Audit(ctx, actorOf(ctx), in.control())
	return answerList(entries, err, *in, auditEntryOf, func(e fleet.AuditEntry) int64 { return e.ID })
}

// Verification is what came of verifying the audit log.
type Verification struct {
	Intact  bool   `json:"intact" doc:"No sealed entry was changed or taken away before the last one"`
	Entries int    `json:"entries" doc:"That are sealed and good, from the first"`
	Hash    string `json:"hash" doc:"Of the last good entry: keep it elsewhere, and compare later"`
	Broken  int64  `json:"broken,omitempty" doc:"The seal of the first entry that is missing or was changed"`
}

func (a *API) verifyAudit(ctx context.Context, _ *struct{}) (*output[Verification], error) {
	v, err := a.control.VerifyAudit(ctx, actorOf(ctx))
	return answer(v, err, func(v control.Verification) Verification {
		return Verification{Intact: v.Broken == 0, Entries: v.Entries, Hash: v.Hash, Broken: v.Broken}
	})
}
