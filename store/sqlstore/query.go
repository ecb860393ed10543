package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// queryer is a pool, a connection with its statements, or a transaction.
type queryer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// reader implements control.Reader, on the pool or inside a transaction.
type reader struct {
	q queryer
	d *dialect
}

// tx implements control.Tx.
type tx struct{ reader }

var _ control.Tx = tx{}

type row interface{ Scan(dest ...any) error }

// one reads the first row; ok is false where there is none.
func one[T any](ctx context.Context, r reader, scan func(row) (T, error), query string, args ...any) (v T, ok bool, err error) {
	all, err := list(ctx, r, scan, query, args...)
	if err != nil || len(all) == 0 {
		return v, false, err
	}
	return all[0], true, nil
}

// list reads all rows.
func list[T any](ctx context.Context, r reader, scan func(row) (T, error), query string, args ...any) (all []T, err error) {
	rows, err := r.q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// execRows runs a write for all rows of r; {rows} in its text is their source.
func (t tx) execRows(ctx context.Context, r *rowset, query string) error {
	return t.d.execRows(ctx, t.q, r, query)
}

// scalar scans a row of one column.
func scalar[T any](r row) (v T, err error) {
	err = r.Scan(&v)
	return v, err
}

// insert runs an INSERT … RETURNING id. One that may meet a row of its name
// ends in ON CONFLICT DO NOTHING and becomes a fleet.Conflict here: a failed
// statement would spoil the rest of the transaction on PostgreSQL.
func insert[ID ~int64](ctx context.Context, t tx, what, query string, args ...any) (ID, error) {
	id, ok, err := one(ctx, t.reader, scalar[int64], query, args...)
	if err == nil && !ok {
		err = fleet.Errorf(fleet.Conflict, "cannot make %s: there is one already", what)
	}
	return ID(id), t.d.wrap(err, "make %s", what)
}

// after is where a list that runs downwards goes on.
func after(p control.Page) int64 {
	if p.After == 0 {
		return 1<<63 - 1
	}
	return p.After
}
