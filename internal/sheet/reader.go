package sheet

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Limits of what is read.
const (
	maxColumns = 50
	maxRow     = 16 << 10 // bytes of one row
)

// Reader reads rows below their heads.
type Reader struct {
	csv     *csv.Reader
	line    *lineLimit
	columns []string
	row     int
	limit   int
}

// NewReader reads the heads. Each of them is among the known ones, without
// regard to case and order, none twice, and those that are needed are there.
// Next gives at most limit rows.
func NewReader(r io.Reader, limit int, needed, known []string) (*Reader, error) {
	line := &lineLimit{from: bufio.NewReader(r), left: maxRow}
	in := &Reader{csv: csv.NewReader(line), line: line, limit: limit}
	in.csv.FieldsPerRecord = -1 // told by Next with its row
	heads, err := in.csv.Read()
	if err != nil {
		return nil, fmt.Errorf("cannot read the line of heads: %w", why(err))
	}
	heads[0] = strings.TrimPrefix(heads[0], "\uFEFF") // spreadsheets begin a file with it
	if len(heads) > maxColumns {
		return nil, fmt.Errorf("the table has more than %d columns", maxColumns)
	}
	for _, h := range heads {
		h = strings.ToLower(strings.TrimSpace(h))
		switch {
		case !slices.Contains(known, h):
			return nil, fmt.Errorf("there is no column %q; the columns are %s", h, strings.Join(known, ", "))
		case slices.Contains(in.columns, h):
			return nil, fmt.Errorf("the column %s is there twice", h)
		}
		in.columns = append(in.columns, h)
	}
	for _, n := range needed {
		if !slices.Contains(in.columns, n) {
			return nil, fmt.Errorf("the column %s is missing", n)
		}
	}
	return in, nil
}

// Next is the next row by its heads, or io.EOF. Rows are counted from 1 below
// the heads; an error names its row.
func (r *Reader) Next() (map[string]string, error) {
	r.line.left = maxRow
	cells, err := r.csv.Read()
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	r.row++
	switch {
	case err != nil:
		return nil, fmt.Errorf("row %d: %w", r.row, why(err))
	case r.row > r.limit:
		return nil, fmt.Errorf("there are more than %d rows", r.limit)
	case len(cells) != len(r.columns):
		return nil, fmt.Errorf("row %d: it has %d cells, the heads are %d", r.row, len(cells), len(r.columns))
	}
	row := map[string]string{}
	for i, c := range cells {
		row[r.columns[i]] = strings.TrimSpace(Unquote(c))
	}
	return row, nil
}

// Row is the number of the row that Next gave last.
func (r *Reader) Row() int { return r.row }

// why says what is wrong without the parser's own count of lines.
func why(err error) error {
	var p *csv.ParseError
	if errors.As(err, &p) {
		return p.Err
	}
	if errors.Is(err, io.EOF) {
		return errors.New("there is nothing")
	}
	return err
}

// lineLimit ends in an error where a row does not: a quote that nobody closes
// would have the rest of the input held in memory. It hands over one line at
// a time, so that the parser reads no further than its row.
type lineLimit struct {
	from *bufio.Reader
	left int // bytes that the row may still take
}

var errLongRow = fmt.Errorf("it has more than %d bytes; is a quote open?", maxRow)

func (l *lineLimit) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		b, err := l.from.ReadByte()
		if err != nil {
			if n > 0 {
				return n, nil
			}
			return 0, err
		}
		if l.left--; l.left < 0 {
			return n, errLongRow
		}
		p[n] = b
		n++
		if b == '\n' {
			return n, nil
		}
	}
	return n, nil
}
