package web

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

// csvColumns are of the export; an import reads the first four and ignores
// the others.
var csvColumns = []string{"key", "name", "kind", "unit", "state", "model", "os", "architecture", "version", "link", "presence", "last_seen_at"}

// exportPage is how many devices are read at once for an export.
const exportPage = 1000

// exportDevices streams the devices of the list's filter as CSV, whatever
// their number.
func (web *Web) exportDevices(v *visit) error {
	f, err := v.deviceFilter()
	if err != nil {
		return err
	}
	tree, err := web.tree(v)
	if err != nil {
		return err
	}
	page := control.Page{Limit: exportPage}
	list, err := web.control.Devices(v.r.Context(), v.actor, f, page)
	if err != nil {
		return err
	}
	_ = http.NewResponseController(v.w).SetWriteDeadline(time.Time{}) // a writer that knows none is fine
	v.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="devices.csv"`)
	out := csv.NewWriter(v.w)
	_ = out.Write(csvColumns) // out.Error tells
	for {
		for _, d := range list {
			_ = out.Write(csvRow(d, tree, v.now))
		}
		out.Flush()
		if out.Error() != nil || len(list) < page.Limit {
			return nil // a reader who has gone needs no error
		}
		page.After = int64(list[len(list)-1].ID)
		if list, err = web.control.Devices(v.r.Context(), v.actor, f, page); err != nil {
			web.Log.Error("cannot finish an export", "error", err)
			panic(http.ErrAbortHandler) // the browser must not take a part for the whole
		}
	}
}

func csvRow(d fleet.Device, tree view.Tree, now time.Time) []string {
	seen := ""
	if !d.LastSeenAt.IsZero() {
		seen = d.LastSeenAt.UTC().Format(time.RFC3339)
	}
	row := []string{d.Key, d.Name, string(d.Kind), tree.Path(d.UnitID), string(d.State), d.Model, d.OS, d.Architecture, d.Version, string(d.Link), string(d.Presence(now)), seen}
	for i := range row {
		row[i] = textCell(row[i])
	}
	return row
}

// textCell keeps a spreadsheet from running what a device says as a formula.
func textCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r'", rune(s[0])) {
		return "'" + s
	}
	return s
}

// plainCell takes back what textCell added.
func plainCell(s string) string {
	if len(s) > 1 && s[0] == '\'' && strings.ContainsRune("=+-@\t\r'", rune(s[1])) {
		return s[1:]
	}
	return strings.TrimSpace(s)
}

// maxCSV bounds an import in bytes; control bounds its rows.
const maxCSV = 3 << 20

func (web *Web) importForm(v *visit) error {
	return web.showImport(v, http.StatusOK, "", "")
}

func (web *Web) showImport(v *visit, status int, text, wrong string) error {
	return v.show(status, view.Import(view.ImportPage{Text: text, Error: wrong,
		Frame: v.frame("Import", "/devices", "", view.Crumb{Word: "Devices", URL: "/devices"})}))
}

func (web *Web) importDevices(v *visit) error {
	file, err := v.upload("file", maxCSV)
	text := v.r.FormValue("text")
	if len(file) > 0 {
		text = string(file)
	}
	if err == nil {
		var rows []control.Import
		var tree view.Tree
		if tree, err = web.tree(v); err != nil {
			return err
		}
		if rows, err = readImport(text, tree); err == nil {
			var made, changed int
			if made, changed, err = web.control.ImportDevices(v.r.Context(), v.actor, rows); err == nil {
				return v.leave("/devices", view.Count(made, "device")+" made, "+view.Number(changed)+" changed.")
			}
		}
	}
	if mended(err) || fleet.CodeOf(err) == fleet.Denied {
		return web.showImport(v, statuses[fleet.CodeOf(err)], text, sentence(err))
	}
	return err
}

// readImport reads the rows; an error names the row, counted from the one
// behind the head.
func readImport(text string, tree view.Tree) ([]control.Import, error) {
	in := csv.NewReader(bytes.NewReader([]byte(strings.TrimPrefix(text, "\uFEFF"))))
	in.FieldsPerRecord, in.TrimLeadingSpace = -1, true
	head, err := in.Read()
	column := map[string]int{}
	for i, name := range head {
		column[strings.ToLower(strings.TrimSpace(name))] = i
	}
	if _, ok := column["key"]; err != nil || !ok {
		return nil, fleet.Errorf(fleet.Invalid, "cannot import: the first line names the columns, of which one is key")
	}
	var rows []control.Import
	for n := 1; ; n++ {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fleet.Errorf(fleet.Invalid, "row %d: %v", n, err)
		}
		cell := func(name string) string {
			if i, ok := column[name]; ok && i < len(record) {
				return plainCell(record[i])
			}
			return ""
		}
		row := control.Import{Key: cell("key"), Name: cell("name"), Kind: fleet.DeviceKind(cell("kind"))}
		if unit := cell("unit"); unit != "" {
			if row.UnitID, err = unitNamed(unit, tree); err != nil {
				return nil, fleet.Errorf(fleet.Invalid, "row %d: %s", n, fleet.Sentence(err))
			}
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, fleet.Errorf(fleet.Invalid, "cannot import: there is no row behind the names of the columns")
	}
	return rows, nil
}

// unitNamed finds a unit by its path in words, its name or its id.
func unitNamed(word string, tree view.Tree) (fleet.UnitID, error) {
	var found []fleet.UnitID
	for _, b := range tree {
		if tree.Path(b.Unit.ID) == word || strconv.FormatInt(int64(b.Unit.ID), 10) == word {
			return b.Unit.ID, nil
		}
		if b.Unit.Name == word {
			found = append(found, b.Unit.ID)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return 0, fleet.Errorf(fleet.NotFound, "there is no unit %q", word)
	}
	return 0, fleet.Errorf(fleet.Invalid, "%d units are called %q; write the way to one, as %q", len(found), word, tree.Path(found[0]))
}
