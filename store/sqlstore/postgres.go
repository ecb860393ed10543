package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"hash/fnv"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver pgx

	"github.com/sluicehq/sluice/fleet"
)

// postgresConns is how many connections the pool holds at the most.
const postgresConns = 16

// maxTries bounds how often a transaction is run that lost against another.
const maxTries = 8

var postgresDialect = &dialect{
	name: "postgres", committers: 4, forUpdate: " FOR UPDATE", forUpdateIdle: " FOR UPDATE SKIP LOCKED", source: arraySource, execRows: atOnce,
	classify: classifyPostgres, lockSealing: `SELECT pg_advisory_xact_lock(hashtext('sluice sealing'))`,
}

func openPostgres(ctx context.Context, url string, opts Options) (*Store, error) {
	d := postgresDialect
	db, err := sql.Open("pgx", url)
	if err != nil {
		return nil, d.wrap(err, "open the database")
	}
	n := opts.Readers
	if n == 0 {
		n = postgresConns
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	if err := migrateLocked(ctx, d, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Store{
		reader: reader{q: db, d: d}, db: db, writer: transactor{db: db, d: d}, close: []func() error{db.Close},
	}, nil
}

// migrateLocked lets one server at a time migrate; the others wait and find
// the work done.
func migrateLocked(ctx context.Context, d *dialect, db *sql.DB) (err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return d.wrap(err, "reach the database")
	}
	defer func() { err = errors.Join(err, d.wrap(conn.Close(), "release a connection")) }()
	h := fnv.New32a()
	h.Write([]byte("sluice migration"))
	key := int64(h.Sum32())
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, key); err != nil {
		return d.wrap(err, "lock the schema of the database")
	}
	defer func() {
		_, unlock := conn.ExecContext(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, key)
		err = errors.Join(err, d.wrap(unlock, "unlock the schema of the database"))
	}()
	return migrate(ctx, d, db)
}

func classifyPostgres(err error) fault {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return faultOther
	}
	switch e.Code {
	case "23505":
		return faultUnique
	case "23503":
		return faultForeign
	case "23514", "23502":
		return faultCheck
	case "22021", "22P05":
		return faultText
	case "40001", "40P01", "55P03":
		return faultBusy
	case "53100":
		return faultFull
	}
	return faultOther
}

// transactor runs every write in a transaction of its own.
type transactor struct {
	db *sql.DB
	d  *dialect
}

func (w transactor) write(ctx context.Context, fn func(ctx context.Context, t tx) error) error {
	var err error
	for range maxTries {
		if err = w.try(ctx, fn); !w.d.retryable(err) {
			break
		}
	}
	return w.d.wrap(err, "write to the database")
}

func (w transactor) try(ctx context.Context, fn func(ctx context.Context, t tx) error) error {
	sqlTx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := guard(ctx, tx{reader{q: sqlTx, d: w.d}}, fn); err != nil {
		if undo := sqlTx.Rollback(); undo != nil && !errors.Is(undo, sql.ErrTxDone) {
			return &fleet.Error{Code: fleet.CodeOf(err), Msg: fleet.Sentence(err), Err: errors.Join(err, undo)}
		}
		return err
	}
	return sqlTx.Commit()
}
