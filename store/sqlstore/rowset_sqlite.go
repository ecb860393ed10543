package sqlstore

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
)

// eachRow runs a statement once for each row, with the row as parameters. In
// one process, with the statement prepared, that costs less than handing over
// all rows as JSON, and a number keeps every bit.
func eachRow(ctx context.Context, q queryer, r *rowset, query string) error {
	var from strings.Builder
	for i, c := range r.cols {
		from.WriteString([]string{"(SELECT ", ", "}[min(i, 1)] + "$" + strconv.Itoa(i+1) + " AS " + c.name)
	}
	from.WriteString(") AS x")
	text := strings.Replace(query, "{rows}", from.String(), 1)
	args := make([]any, len(r.cols))
	for i := range r.n {
		for j, c := range r.cols {
			args[j] = c.at(i)
		}
		if _, err := q.ExecContext(ctx, text, args...); err != nil {
			return err
		}
	}
	return nil
}

func (c column) at(i int) any {
	switch {
	case c.ints != nil:
		return c.ints[i]
	case c.bool != nil:
		return c.bool[i]
	case c.real != nil:
		return c.real[i]
	}
	return c.text[i]
}

// jsonSource hands the rows over as one JSON text: an array of arrays.
func jsonSource(r *rowset) (string, []any) {
	var from strings.Builder
	for i, c := range r.cols {
		from.WriteString([]string{"(SELECT ", ", "}[min(i, 1)] + "value ->> " + strconv.Itoa(i) + " AS " + c.name)
	}
	from.WriteString(" FROM json_each($" + strconv.Itoa(r.before+1) + ")) AS x")

	rows := make([][]any, r.n)
	for i := range rows {
		rows[i] = make([]any, len(r.cols))
		for j, c := range r.cols {
			rows[i][j] = c.at(i)
		}
	}
	text, err := json.Marshal(rows)
	if err != nil {
		panic("internal error: a rowset has no JSON: " + err.Error())
	}
	return from.String(), []any{string(text)}
}
