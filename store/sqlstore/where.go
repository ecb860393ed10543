package sqlstore

import (
	"context"
	"encoding/json"
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

// equal adds that a column has the value, if that is asked for.
func (w *where) equal(column string, value any, asked bool) {
	if asked {
		w.and(column+" = ?", value)
	}
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
	w.conds = append(w.conds, strings.Replace(cond, "{rows}", w.source(r), 1))
}

// source renders rows as something to select from, behind the arguments so far.
func (w *where) source(r *rowset) string {
	r.before = len(w.args)
	from, args := w.d.source(r)
	w.args = append(w.args, args...)
	return from
}

// contains adds that a column holds the text, without regard to case; the
// column is in small letters.
func (w *where) contains(column, text string) {
	if text != "" {
		w.and(column+` LIKE ? ESCAPE '!'`, "%"+escapeLike.Replace(storable(strings.ToLower(text)))+"%")
	}
}

var escapeLike = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// tagged adds that a device has the tag. Its tags are one JSON list without
// spaces, where a quotation mark within a tag is escaped: one that follows a
// bracket or a comma begins a tag. LIKE would not tell A from a in SQLite.
func (w *where) tagged(tag string) {
	quoted, _ := json.Marshal(storable(tag)) // a text has JSON
	w.and(`EXISTS (SELECT 1 FROM device_value v WHERE v.device_id = device.id AND v.kind = ? AND v.key = ?
		AND (replace(v.text, CAST(? AS text), '') <> v.text OR replace(v.text, CAST(? AS text), '') <> v.text))`,
		fleet.Attribute, fleet.AttributeTags, "["+string(quoted), ","+string(quoted))
}

// units are the units of the list x and all below them; for what a list is
// narrowed to, see control.Page.
const units = `SELECT below.id FROM {rows} JOIN unit top ON top.id = x.id JOIN unit below ON below.path LIKE top.path || '%'`

// unitsAround also has the units above those of the list.
const unitsAround = units + ` OR top.path LIKE below.path || '%'`

// within adds that the unit in the column is one of a page's, or below one.
// It is for tables that stay small; for the others see hanging.
func (w *where) within(column string, p control.Page) {
	if p.Within != nil {
		w.rows(column+" IN ("+units+")", ids(p.Within))
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

// hanging adds that a row hangs on one of the units, or below it: on its own,
// or by the row of table that it refers to in the column. Where few rows of
// table do, the list is narrowed by their ids. Where many do, the condition
// many asks each row for its unit, and the next one of the page is never far.
// Left alone, the planners would fetch all of them and sort: many ends in
// IS TRUE, which is what they do not look into.
func hanging(ctx context.Context, r reader, w *where, column, table, many string, of []fleet.UnitID) error {
	if of == nil {
		return nil
	}
	f := where{d: r.d}
	f.rows("unit_id IN ("+units+")", ids(of))
	found, err := list(ctx, r, scalar[int64], `SELECT id FROM `+table+` `+f.String()+f.text(" LIMIT ?", fewRows+1), f.args...)
	if err != nil {
		return err
	}
	if len(found) <= fewRows {
		w.rows(column+" IN (SELECT x.id FROM {rows})", ids(found))
	} else {
		w.rows(strings.Replace(many, "{units}", units, 1), ids(of))
	}
	return nil
}
