package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// sqliteReaders is how many connections read beside the writer.
const sqliteReaders = 4

// sqlitePragmas are set on every connection, in this order. An acknowledged
// write is on disk: synchronous is FULL. The log is copied into the database
// every 16,384 pages (64 MiB), since the copying costs more than the log.
var sqlitePragmas = []string{
	"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
	"wal_autocheckpoint(16384)", "cache_size(-65536)", "temp_store(memory)",
}

var sqliteDialect = &dialect{
	name: "sqlite", committers: 1, source: jsonSource, execRows: eachRow, classify: classifySQLite,
}

// memories numbers the databases in memory, which need names of their own.
var memories atomic.Int64

func openSQLite(ctx context.Context, path string, opts Options) (*Store, error) {
	d := sqliteDialect
	uri, err := sqliteURI(path)
	if err != nil {
		return nil, d.wrap(err, "open the database")
	}
	write, err := sql.Open("sqlite", uri.String())
	if err != nil {
		return nil, d.wrap(err, "open the database %s", path)
	}
	// The committer keeps one connection, and with it a database in memory;
	// the other one is for the migration.
	write.SetMaxOpenConns(2)
	c, err := startCommitter(ctx, write)
	if err != nil {
		return nil, errors.Join(d.wrap(err, "open the database %s", path), write.Close())
	}
	if err := migrate(ctx, d, write); err != nil {
		return nil, errors.Join(err, c.close(), write.Close())
	}
	q := uri.Query()
	q.Add("_pragma", "query_only(1)")
	uri.RawQuery = q.Encode()
	read, err := sql.Open("sqlite", uri.String())
	if err != nil {
		return nil, errors.Join(d.wrap(err, "open the database %s", path), c.close(), write.Close())
	}
	n := opts.Readers
	if n == 0 {
		n = sqliteReaders
	}
	read.SetMaxOpenConns(n)
	read.SetMaxIdleConns(n)
	return &Store{
		reader: reader{q: read, d: d}, db: read, writer: c,
		close: []func() error{read.Close, c.close, write.Close},
	}, nil
}

// sqliteURI names the database as SQLite's URI, and makes a missing file that
// only its owner reads.
func sqliteURI(path string) (*url.URL, error) {
	q := url.Values{"_pragma": sqlitePragmas}
	if path == ":memory:" {
		q.Set("vfs", "memdb")
		name := "/sluice-" + strconv.FormatInt(memories.Add(1), 10)
		return &url.URL{Scheme: "file", OmitHost: true, Path: name, RawQuery: q.Encode()}, nil
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	return &url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: q.Encode()}, f.Close()
}

func classifySQLite(err error) fault {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return faultOther
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return faultUnique
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return faultForeign
	case sqlite3.SQLITE_CONSTRAINT_CHECK, sqlite3.SQLITE_CONSTRAINT_NOTNULL, sqlite3.SQLITE_CONSTRAINT_DATATYPE:
		return faultCheck
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return faultBusy
	case sqlite3.SQLITE_FULL:
		return faultFull
	}
	return faultOther
}

// statements is a connection that keeps what it has prepared. The texts of
// this package are few, so it never forgets one. One goroutine uses it.
type statements struct {
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

func (s *statements) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if p := s.prepared[query]; p != nil {
		return p, nil
	}
	p, err := s.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, query)
	}
	s.prepared[query] = p
	return p, nil
}

func (s *statements) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	p, err := s.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return p.ExecContext(ctx, args...)
}

func (s *statements) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	p, err := s.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return p.QueryContext(ctx, args...)
}

// close ends the statements before their connection: with one that is open,
// SQLite keeps the files and leaves the log behind.
func (s *statements) close() error {
	var errs []error
	for _, p := range s.prepared {
		errs = append(errs, p.Close())
	}
	return errors.Join(append(errs, s.conn.Close())...)
}
