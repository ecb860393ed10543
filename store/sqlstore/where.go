package sqlstore

import (
	"context"
	"strconv"
	"strings"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// where collects the conditions of a query and their arguments, in the order
// of their appearance.
type where struct {
	d     *dialect
	conds []string
	args  []any
}

// and adds a condition; each ? in it stands for the next of the arguments.
func (w *where) and(cond string, args ...any) {
	w.conds = append(w.conds, w.text(cond, args...))
}

// text numbers the arguments of a part of the query.
func (w *where) text(part string, args ...any) string {
	for _, arg := range args {
		w.args = append(w.args, arg)
		part = strings.Replace(part, "?", "$"+strconv.Itoa(len(w.args)), 1)
	}
	return part
}

// rows adds a condition in which {rows} stands for the rows.
func (w *where) rows(cond string, r *rowset) {
	r.before = len(w.args)
	from, args := w.d.source(r)
	w.args = append(w.args, args...)
	w.conds = append(w.conds, strings.Replace(cond, "{rows}", from, 1))
}

// contains adds that a column holds the text, without regard to case; the
// column is in small letters.
func (w *where) contains(column, text string) {
	if text != "" {
		w.and(column+` LIKE ? ESCAPE '!'`, "%"+escapeLike.Replace(storable(strings.ToLower(text)))+"%")
	}
}

var escapeLike = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// units are the units of the list x and all below them; for what a list is
// narrowed to, see control.Page.
const units = `SELECT below.id FROM {rows} JOIN unit top ON top.id = x.id JOIN unit below ON below.path LIKE top.path || '%'`

// unitsAround also has the units above those of the list.
const unitsAround = units + ` OR top.path LIKE below.path || '%'`

// within adds that the unit in the column is one of a page's, or below one.
// The sum keeps the planners from fetching all rows of the units to sort them:
// they go down the list and stop where the page is full.
func (w *where) within(column string, p control.Page) {
	if p.Within != nil {
		w.rows(column+" + 0 IN ("+units+")", ids(p.Within))
	}
}

// String is the whole clause.
func (w *where) String() string {
	if len(w.conds) == 0 {
		return ""
	}
	return "WHERE " + strings.Join(w.conds, " AND ")
}

// page is the clause with the order of a list, which begins behind the page
// before it and ends with the page.
func (w *where) page(id string, p control.Page, newestFirst bool) string {
	order := ""
	if newestFirst {
		w.and(id+" < ?", after(p))
		order = " DESC"
	} else {
		w.and(id+" > ?", p.After)
	}
	return w.String() + w.text(" ORDER BY "+id+order+" LIMIT ?", p.Limit)
}

// fewRows is up to how many rows a list is rather narrowed by their ids.
const fewRows = 1000

// few reads the ids of the rows of a table that hang on the units, or that
// are below them, where they are few; ok is false where they are many. A page
// of a list is found quickly either way: few rows by their ids, and many by
// going down the list, where the next one is never far.
func few[ID ~int64](ctx context.Context, r reader, table string, of []fleet.UnitID) (found []ID, ok bool, err error) {
	w := where{d: r.d}
	w.rows("unit_id IN ("+units+")", ids(of))
	found, err = list(ctx, r, scalar[ID], `SELECT id FROM `+table+` `+w.String()+w.text(" LIMIT ?", fewRows+1), w.args...)
	return found, len(found) <= fewRows, err
}

// hanging adds that a row hangs on one of the units or below it, or refers to
// something of the table that does: id is the column with the id there, table
// has an index by unit.
func hanging[ID ~int64](ctx context.Context, r reader, w *where, id, table string, of []fleet.UnitID) error {
	if of == nil {
		return nil
	}
	found, ok, err := few[ID](ctx, r, table, of)
	if err != nil {
		return err
	}
	if ok {
		w.rows(id+" IN (SELECT x.id FROM {rows})", ids(found))
		return nil
	}
	w.rows(id+" + 0 IN (SELECT id FROM "+table+" WHERE unit_id IN ("+units+"))", ids(of))
	return nil
}
