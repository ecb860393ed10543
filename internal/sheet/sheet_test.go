package sheet_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/internal/sheet"
)

func TestNoCellIsAFormulaAndEveryTextComesBack(t *testing.T) {
	t.Parallel()
	cells := []string{"=1+1", "+1", "-1", "@x", "'=x", "''=x", "\t=x", "plain", "", "'", "it's", "a,b", "say \"x\"", "two\nlines"}
	var out strings.Builder
	w, err := sheet.NewWriter(&out, "key", "name")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cells {
		if q := sheet.Quote(c); q != "" && strings.ContainsRune("=+-@\t\r", rune(q[0])) {
			t.Errorf("%q is written as %q", c, q)
		}
		if got := sheet.Unquote(sheet.Quote(c)); got != c {
			t.Errorf("%q comes back as %q", c, got)
		}
		if err := w.Write("k", c); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	r, err := sheet.NewReader(strings.NewReader(out.String()), len(cells), []string{"key"}, []string{"key", "name"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cells {
		row, err := r.Next()
		if err != nil || row["name"] != strings.TrimSpace(c) || row["key"] != "k" {
			t.Errorf("%q: got %v, %v", c, row, err)
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
}

func TestATableThatIsNotOneIsRefusedWithItsRow(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 20_000)
	for text, want := range map[string]string{
		"":                           "cannot read the line of heads: there is nothing",
		"name\n":                     "the column key is missing",
		"key,colour\n":               `there is no column "colour"; the columns are key, name`,
		"key,Key\n":                  "the column key is there twice",
		"\uFEFFKEY , name\na\n":      "row 1: it has 1 cells, the heads are 2",
		"key\na\nb\nc\n":             "there are more than 2 rows",
		"key\na\n\"b\n":              `row 2: extraneous or missing " in quoted-field`,
		"key\n\"" + long:             "row 1: it has more than 16384 bytes; is a quote open?",
		"key\n" + long + "\n":        "row 1: it has more than 16384 bytes; is a quote open?",
		long:                         "cannot read the line of heads: it has more than 16384 bytes; is a quote open?",
		strings.Repeat("key,", 60):   "the table has more than 50 columns",
		"key\na\n" + long[:16_000]:   "",
		"key,name\r\na,b\r\n\r\nc,d": "",
	} {
		if err := readAll(text); got(err) != want {
			t.Errorf("%.20q: got %q, want %q", text, got(err), want)
		}
	}
}

func got(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func readAll(text string) error {
	r, err := sheet.NewReader(strings.NewReader(text), 2, []string{"key"}, []string{"key", "name"})
	for err == nil {
		_, err = r.Next()
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
