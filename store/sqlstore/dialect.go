package sqlstore

import "context"

// dialect is what differs between the two databases. Everything else is one
// text for both.
type dialect struct {
	name       string // of the folder with its migrations
	committers int
	forUpdate  string // appended to a read of rows that are written next
	// forUpdateIdle is forUpdate without the rows that others write now.
	forUpdateIdle string
	// lockSealing keeps other sealers out until the transaction ends; "" where
	// there is one writer only.
	lockSealing string
	// source renders rows as something to select from, and its arguments.
	source func(r *rowset) (from string, args []any)
	// execRows runs a write whose source is r for all of its rows, in order.
	execRows func(ctx context.Context, q queryer, r *rowset, query string) error
	// classify sorts an error of the driver.
	classify func(error) fault
}

// fault is what an error of a driver means to us.
type fault int

const (
	faultOther   fault = iota
	faultUnique        // a second row where one may be
	faultForeign       // a row names another that does not exist
	faultCheck         // a CHECK or NOT NULL of the schema
	faultText          // a text that the database cannot hold
	faultBusy          // lost against another transaction; try again
	faultFull          // there is no room on the disk
)
