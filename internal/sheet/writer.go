package sheet

import (
	"encoding/csv"
	"io"
	"strings"
)

// formula are the characters with which a spreadsheet lets a formula begin
// (OWASP, CSV injection).
const formula = "=+-@\t\r"

// mark makes a spreadsheet take the rest of the cell as text.
const mark = "'"

// Writer writes rows.
type Writer struct{ csv *csv.Writer }

// NewWriter writes the heads.
func NewWriter(w io.Writer, heads ...string) (*Writer, error) {
	out := &Writer{csv.NewWriter(w)}
	out.csv.UseCRLF = true
	return out, out.csv.Write(heads)
}

// Write writes a row; its cells are made harmless.
func (w *Writer) Write(cells ...string) error {
	row := make([]string, len(cells))
	for i, c := range cells {
		row[i] = Quote(c)
	}
	return w.csv.Write(row)
}

// Flush hands over what was written.
func (w *Writer) Flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// Quote makes a cell that no spreadsheet takes for a formula. What begins as a
// quoted one does is quoted too, so that Unquote gives every text back.
func Quote(cell string) string {
	if formulaLike(strings.TrimLeft(cell, mark)) {
		return mark + cell
	}
	return cell
}

// Unquote takes away what Quote added.
func Unquote(cell string) string {
	if rest, ok := strings.CutPrefix(cell, mark); ok && formulaLike(strings.TrimLeft(rest, mark)) {
		return rest
	}
	return cell
}

func formulaLike(s string) bool { return s != "" && strings.IndexByte(formula, s[0]) >= 0 }
