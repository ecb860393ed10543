package sqlstore

import (
	"context"
	"strconv"
	"strings"
)

// rowset is a table of values that goes to a statement as a source to select
// from, named x. On PostgreSQL that is one array for each column, in the order
// of the rows; for SQLite see rowset_sqlite.go. A write that uses one
// (execRows) has no other arguments, a query (where) may.
type rowset struct {
	n      int
	before int // how many arguments the query has before it
	cols   []column
}

// column is one column of a rowset; one of the lists is filled.
type column struct {
	name string
	ints []int64
	text []string
	real []float64
	bool []bool
}

func (r *rowset) ints(name string, n int, at func(i int) int64) *rowset {
	return r.add(n, column{name: name, ints: fill(n, at)})
}

func (r *rowset) text(name string, n int, at func(i int) string) *rowset {
	return r.add(n, column{name: name, text: fill(n, func(i int) string { return storable(at(i)) })})
}

func (r *rowset) real(name string, n int, at func(i int) float64) *rowset {
	return r.add(n, column{name: name, real: fill(n, at)})
}

func (r *rowset) bool(name string, n int, at func(i int) bool) *rowset {
	return r.add(n, column{name: name, bool: fill(n, at)})
}

func (r *rowset) add(n int, c column) *rowset {
	r.n, r.cols = n, append(r.cols, c)
	return r
}

func fill[T any](n int, at func(i int) T) []T {
	list := make([]T, n)
	for i := range list {
		list[i] = at(i)
	}
	return list
}

// storable makes text that both databases hold: valid UTF-8 without the
// character 0, which PostgreSQL refuses.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// arraySource hands each column over as one array.
func arraySource(r *rowset) (string, []any) {
	var names, params []string
	var args []any
	for i, c := range r.cols {
		kind, arg := "text[]", any(c.text)
		switch {
		case c.ints != nil:
			kind, arg = "bigint[]", c.ints
		case c.bool != nil:
			kind, arg = "boolean[]", c.bool
		case c.real != nil:
			kind, arg = "double precision[]", c.real
		}
		names = append(names, c.name)
		params = append(params, "$"+strconv.Itoa(r.before+i+1)+"::"+kind)
		args = append(args, arg)
	}
	return "unnest(" + strings.Join(params, ", ") + ") AS x (" + strings.Join(names, ", ") + ")", args
}

// ids is a rowset of one column, id.
func ids[ID ~int64](list []ID) *rowset {
	return new(rowset).ints("id", len(list), func(i int) int64 { return int64(list[i]) })
}

// atOnce runs a statement once, for all rows.
func atOnce(ctx context.Context, q queryer, r *rowset, query string) error {
	from, args := arraySource(r)
	_, err := q.ExecContext(ctx, strings.Replace(query, "{rows}", from, 1), args...)
	return err
}
