package sqlstore

import (
	"context"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// Audit lists the newest first.
func (r reader) Audit(ctx context.Context, p control.Page) ([]fleet.AuditEntry, error) {
	all, err := list(ctx, r, func(r row) (a fleet.AuditEntry, err error) {
		return a, r.Scan(&a.ID, moment(&a.At), &a.Actor, &a.UnitID, &a.Action, &a.Object, &a.Detail)
	}, `SELECT id, at, actor, unit_id, action, object, detail FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2`,
		after(p), p.Limit)
	return all, r.d.wrap(err, "read the audit log")
}

// InsertAudit appends a line.
func (t tx) InsertAudit(ctx context.Context, a fleet.AuditEntry) error {
	_, err := t.q.ExecContext(ctx, `INSERT INTO audit (at, actor, unit_id, action, object, detail)
		VALUES ($1, $2, $3, $4, $5, $6)`,
		micros(a.At), storable(a.Actor), a.UnitID, a.Action, storable(a.Object), storable(a.Detail))
	return t.d.wrap(err, "keep an audit line")
}
