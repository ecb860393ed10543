package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/sluicehq/sluice/fleet"
)

// sealChunk is how many audit entries one transaction seals, or one read
// verifies.
const sealChunk = 1000

// Seal chains the audit entries that are not sealed yet: each hash covers the
// hash before it and the entry. Sealing stands apart from writing, so that
// writers do not wait for each other; it happens every few seconds.
func (c *Control) Seal(ctx context.Context) (sealed int, err error) {
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.LockSealing(ctx); err != nil {
			return err
		}
		list, last, err := tx.Unsealed(ctx, sealChunk)
		if err != nil || len(list) == 0 {
			return err
		}
		for i := range list {
			list[i].Seal = last.Seal + 1
			list[i].Hash = sealOf(last.Hash, list[i])
			last = list[i]
		}
		sealed = len(list)
		return tx.SealAudit(ctx, list)
	})
	return sealed, err
}

// sealOf is the hash of an entry behind another's.
func sealOf(before string, e fleet.AuditEntry) string {
	text, err := json.Marshal([]any{before, e.Seal, e.ID, e.At.UTC().UnixMicro(), e.Actor, e.UnitID, e.Action, e.Object, e.Detail})
	if err != nil {
		panic("internal error: an audit entry is no JSON")
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Verification is what came of verifying the audit log.
type Verification struct {
	Entries int    // that are sealed and good
	Hash    string // of the last good one: keep it elsewhere, and compare later
	Broken  int64  // the seal of the first entry that is missing or was changed; 0 where none is
}

// VerifyAudit recomputes the chain of the audit log from its beginning.
func (c *Control) VerifyAudit(ctx context.Context, a Actor) (Verification, error) {
	var v Verification
	if err := c.Authorize(ctx, a, fleet.AuditRead, fleet.Root); err != nil {
		return v, err
	}
	for {
		list, err := c.Store.Sealed(ctx, int64(v.Entries), sealChunk)
		if err != nil || len(list) == 0 {
			return v, err
		}
		for _, e := range list {
			next := int64(v.Entries) + 1
			if e.Seal != next || e.Hash != sealOf(v.Hash, e) {
				v.Broken = next
				return v, nil
			}
			v.Entries, v.Hash = v.Entries+1, e.Hash
		}
	}
}
