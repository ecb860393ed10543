package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/sluicehq/sluice/fleet"
)

// maxBatch bounds how many writes share a commit.
const maxBatch = 256

// committer is the one writer of a SQLite database. Writes that wait while a
// commit is under way are run one after another in the next transaction, each
// under a savepoint, and share its commit: one fsync for all of them.
type committer struct {
	db    *sql.DB
	stmts *statements // nil after the connection broke
	in    chan *job   // unbuffered: what was taken is answered
	stop  chan struct{}
	done  chan struct{}
	once  sync.Once
}

// job is one waiting write.
type job struct {
	ctx    context.Context
	fn     func(ctx context.Context, t tx) error
	begun  atomic.Bool // set by whoever comes first: the committer, or the waiter giving up
	err    error
	answer chan error // room for one
}

func startCommitter(ctx context.Context, db *sql.DB) (*committer, error) {
	c := &committer{db: db, in: make(chan *job), stop: make(chan struct{}), done: make(chan struct{})}
	if err := c.connect(ctx); err != nil {
		return nil, err
	}
	go c.run()
	return c, nil
}

func (c *committer) connect(ctx context.Context) error {
	conn, err := c.db.Conn(ctx)
	if err != nil {
		return err
	}
	c.stmts = &statements{conn: conn, prepared: map[string]*sql.Stmt{}}
	return nil
}

// write hands fn to the committer and waits for the commit. A write that has
// begun is not interrupted: SQLite would undo its neighbours too.
func (c *committer) write(ctx context.Context, fn func(ctx context.Context, t tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{ctx: context.WithoutCancel(ctx), fn: fn, answer: make(chan error, 1)}
	select {
	case c.in <- j:
	case <-ctx.Done():
		return ctx.Err()
	case <-c.stop:
		return fleet.Errorf(fleet.Unavailable, "cannot write: the store is closed")
	}
	select {
	case err := <-j.answer:
		return err
	case <-ctx.Done():
		if j.begun.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		return <-j.answer
	}
}

func (c *committer) run() {
	defer close(c.done)
	for {
		select {
		case j := <-c.in:
			c.commit(c.gather(j))
		case <-c.stop:
			return
		}
	}
}

// gather takes along what waits already.
func (c *committer) gather(first *job) []*job {
	batch := []*job{first}
	for len(batch) < maxBatch {
		select {
		case j := <-c.in:
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

// commit runs the batch and answers it. Where the transaction as a whole
// fails, nothing of it remains and every waiter hears so.
func (c *committer) commit(batch []*job) {
	err := c.transact(batch)
	for _, j := range batch {
		if err != nil {
			j.err = sqliteDialect.wrap(err, "write to the database")
		}
		j.answer <- j.err
	}
}

func (c *committer) transact(batch []*job) error {
	ctx := context.Background()
	if err := c.begin(ctx); err != nil {
		return err
	}
	alone := true // nothing of another job is in the transaction
	for _, j := range batch {
		if !j.begun.CompareAndSwap(false, true) {
			continue
		}
		if !alone {
			if err := c.savepoint(ctx, j); err != nil {
				c.rollback(ctx)
				return err
			}
			continue
		}
		if c.call(j); j.err == nil {
			alone = false
			continue
		}
		c.rollback(ctx)
		if err := c.begin(ctx); err != nil {
			return err
		}
	}
	if _, err := c.stmts.ExecContext(ctx, "COMMIT"); err != nil {
		c.rollback(ctx)
		return err
	}
	return nil
}

func (c *committer) begin(ctx context.Context) error {
	if c.stmts == nil {
		if err := c.connect(ctx); err != nil {
			return err
		}
	}
	_, err := c.stmts.ExecContext(ctx, "BEGIN IMMEDIATE")
	if err != nil {
		c.reset()
	}
	return err
}

func (c *committer) call(j *job) {
	j.err = guard(j.ctx, tx{reader{q: c.stmts, d: sqliteDialect}}, j.fn)
}

// savepoint runs a job behind others, so that it alone is undone when it
// fails; the first one needs none, which saves copies of the pages that it
// writes. The error that it returns is one of the transaction: SQLite ends the
// whole of it by itself on a full disk, and the savepoint is gone then.
func (c *committer) savepoint(ctx context.Context, j *job) error {
	if _, err := c.stmts.ExecContext(ctx, "SAVEPOINT job"); err != nil {
		return err
	}
	if c.call(j); j.err != nil {
		if _, err := c.stmts.ExecContext(ctx, "ROLLBACK TO job"); err != nil {
			return fmt.Errorf("%w after %w", err, j.err)
		}
	}
	_, err := c.stmts.ExecContext(ctx, "RELEASE job")
	return err
}

// guard calls fn and turns a panic into an error.
func guard(ctx context.Context, t tx, fn func(ctx context.Context, t tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &fleet.Error{
				Code: fleet.Internal, Msg: "internal error: a write panicked", Err: fmt.Errorf("%v\n%s", p, debug.Stack()),
			}
		}
	}()
	return fn(ctx, t)
}

// rollback gives up the transaction, and the connection where even that
// fails. Some faults, a full disk among them, make SQLite roll back by itself:
// there another transaction can begin.
func (c *committer) rollback(ctx context.Context) {
	done := func(step string) bool {
		_, err := c.stmts.ExecContext(ctx, step)
		return err == nil
	}
	if !done("ROLLBACK") && !(done("BEGIN") && done("ROLLBACK")) {
		c.reset()
	}
}

// reset drops the connection; the next write opens another.
func (c *committer) reset() {
	_ = c.stmts.conn.Raw(func(any) error { return driver.ErrBadConn }) // not back into the pool
	_ = c.stmts.close()                                                // it is broken
	c.stmts = nil
}

// close lets the running commit end and refuses every later write. One
// goroutine calls it, as often as it likes.
func (c *committer) close() error {
	c.once.Do(func() { close(c.stop) })
	<-c.done
	if c.stmts == nil {
		return nil
	}
	err := c.stmts.close()
	c.stmts = nil
	return err
}
