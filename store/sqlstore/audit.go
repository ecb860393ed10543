package sqlstore

import (
	"context"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

const selectAudit = `SELECT id, at, actor, unit_id, action, object, detail, coalesce(seal, 0), hash FROM audit `

func scanAudit(r row) (a fleet.AuditEntry, err error) {
	return a, r.Scan(&a.ID, moment(&a.At), &a.Actor, &a.UnitID, &a.Action, &a.Object, &a.Detail, &a.Seal, &a.Hash)
}

// Audit lists the newest first.
func (r reader) Audit(ctx context.Context, p control.Page) ([]fleet.AuditEntry, error) {
	w := &where{d: r.d}
	if err := hanging(ctx, r, w, "id", "audit", "(unit_id IN ({units})) IS TRUE", p.Within); err != nil {
		return nil, r.d.wrap(err, "read the audit log")
	}
	query := selectAudit + w.page("id", p, true)
	all, err := list(ctx, r, scanAudit, query, w.args...)
	return all, r.d.wrap(err, "read the audit log")
}

// InsertAudit appends a line.
func (t tx) InsertAudit(ctx context.Context, a fleet.AuditEntry) error {
	_, err := t.q.ExecContext(ctx, `INSERT INTO audit (at, actor, unit_id, action, object, detail)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		micros(a.At), storable(a.Actor), a.UnitID, a.Action, storable(a.Object), storable(a.Detail))
	return t.d.wrap(err, "keep an audit line")
}

// Sealed lists sealed lines in the order of their seals.
func (r reader) Sealed(ctx context.Context, after int64, limit int) ([]fleet.AuditEntry, error) {
	all, err := list(ctx, r, scanAudit, selectAudit+`WHERE seal IS NOT NULL AND seal > $1 ORDER BY seal LIMIT $2`, after, limit)
	return all, r.d.wrap(err, "read the sealed audit log")
}

// Unsealed lists the lines without a seal, oldest first, and the line with
// the last seal, which is zero where there is none.
func (r reader) Unsealed(ctx context.Context, limit int) ([]fleet.AuditEntry, fleet.AuditEntry, error) {
	last, _, err := one(ctx, r, scanAudit, selectAudit+`WHERE seal IS NOT NULL ORDER BY seal DESC LIMIT 1`)
	if err != nil {
		return nil, last, r.d.wrap(err, "read the last seal")
	}
	all, err := list(ctx, r, scanAudit, selectAudit+`WHERE seal IS NULL ORDER BY id LIMIT $1`, limit)
	return all, last, r.d.wrap(err, "read the audit log")
}

// LockSealing makes the transaction the only one that seals.
func (t tx) LockSealing(ctx context.Context) error {
	if t.d.lockSealing == "" {
		return nil
	}
	_, err := t.q.ExecContext(ctx, t.d.lockSealing)
	return t.d.wrap(err, "lock the audit log")
}

// SealAudit writes the seals and hashes of lines that have none.
func (t tx) SealAudit(ctx context.Context, list []fleet.AuditEntry) error {
	n := len(list)
	err := t.execRows(ctx, new(rowset).
		ints("id", n, func(i int) int64 { return list[i].ID }).
		ints("seal", n, func(i int) int64 { return list[i].Seal }).
		text("hash", n, func(i int) string { return list[i].Hash }),
		`UPDATE audit SET seal = x.seal, hash = x.hash FROM {rows} WHERE audit.id = x.id AND audit.seal IS NULL`)
	return t.d.wrap(err, "seal the audit log")
}
