package sqlstore

import (
	"encoding/json"
	"strconv"
	"strings"
)

// rowset is a table of values that goes to a statement as one source to
// select from: json_each on SQLite, unnest on PostgreSQL. A statement that
// uses one has no other arguments before it.
type rowset struct {
	n    int
	cols []column
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

// jsonSource hands the rows over as one JSON text: an array of arrays.
func jsonSource(r *rowset) (string, []any) {
	var from strings.Builder
	from.WriteString("(SELECT ")
	for i, c := range r.cols {
		if i > 0 {
			from.WriteString(", ")
		}
		from.WriteString("value ->> " + strconv.Itoa(i) + " AS " + c.name)
	}
	from.WriteString(" FROM json_each($1)) AS x")

	b := []byte{'['}
	for i := range r.n {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		for j, c := range r.cols {
			if j > 0 {
				b = append(b, ',')
			}
			b = c.appendJSON(b, i)
		}
		b = append(b, ']')
	}
	return from.String(), []any{string(append(b, ']'))}
}

func (c column) appendJSON(b []byte, i int) []byte {
	switch {
	case c.ints != nil:
		return strconv.AppendInt(b, c.ints[i], 10)
	case c.bool != nil:
		return strconv.AppendBool(b, c.bool[i])
	case c.real != nil:
		return strconv.AppendFloat(b, c.real[i], 'e', -1, 64)
	}
	quoted, err := json.Marshal(c.text[i])
	if err != nil {
		panic("internal error: a string has no JSON: " + err.Error())
	}
	return append(b, quoted...)
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
		params = append(params, "$"+strconv.Itoa(i+1)+"::"+kind)
		args = append(args, arg)
	}
	return "unnest(" + strings.Join(params, ", ") + ") AS x (" + strings.Join(names, ", ") + ")", args
}

// ids is a rowset of one column, id.
func ids[ID ~int64](list []ID) *rowset {
	return new(rowset).ints("id", len(list), func(i int) int64 { return int64(list[i]) })
}
