package sqlstore

import (
	"context"
	"database/sql"
	"strings"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// Options of Open. The zero value serves.
type Options struct {
	// Readers is how many connections read beside the writer, 0 for 4. On
	// PostgreSQL it is the size of the whole pool, 0 for 16.
	Readers int
}

// Store keeps the fleet in a database. It is safe for use by many goroutines.
type Store struct {
	reader
	db     *sql.DB // readers; on PostgreSQL everything
	writer writer
	close  []func() error // in order
}

var _ control.Store = (*Store)(nil)

// writer runs fn in a transaction and returns when it is on disk.
type writer interface {
	write(ctx context.Context, fn func(ctx context.Context, t tx) error) error
}

// Open opens the database at url, brings its schema up to date, and refuses
// one that is newer than the program:
//
//	sqlite:PATH         a file, made when missing
//	sqlite::memory:     in memory, gone when closed
//	postgres://…        a PostgreSQL server
func Open(ctx context.Context, url string, opts Options) (*Store, error) {
	if path, ok := strings.CutPrefix(url, "sqlite:"); ok && path != "" {
		return openSQLite(ctx, path, opts)
	}
	if strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://") {
		return openPostgres(ctx, url, opts)
	}
	// The URL may hold a password: it is not repeated.
	return nil, fleet.Errorf(fleet.Invalid, "cannot open the database: its URL is neither sqlite:PATH nor postgres://…")
}

// Write runs fn in one transaction, see control.Store. A panic of fn rolls
// its work back and is returned as an internal error.
func (s *Store) Write(ctx context.Context, fn func(ctx context.Context, tx control.Tx) error) error {
	return s.writer.write(ctx, func(ctx context.Context, t tx) error { return fn(ctx, t) })
}

// Committers is how many Contact calls are worth having at once.
func (s *Store) Committers() int { return s.d.committers }

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	return s.d.wrap(s.db.PingContext(ctx), "reach the database")
}

// Close waits for writes that have begun and closes the connections.
func (s *Store) Close() error {
	var first error
	for _, c := range s.close {
		if err := c(); err != nil && first == nil {
			first = err
		}
	}
	return first
}
