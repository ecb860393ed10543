package operator

import (
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

// show writes the answer in the form that --output asks for.
func (o *operator) show(cmd *cobra.Command, answer any, text func(io.Writer)) error {
	if o.output == table {
		text(cmd.OutOrStdout())
		return nil
	}
	return writeJSON(cmd.OutOrStdout(), answer, "  ")
}

func writeJSON(w io.Writer, v any, indent string) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	return enc.Encode(v)
}

// columns are the heads of a table and how a row is made.
type columns[T any] struct {
	heads []string
	row   func(T) []string
}

func (c columns[T]) write(w io.Writer, items []T) {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, strings.Join(c.heads, "\t"))
	for _, item := range items {
		cells := c.row(item)
		for i := range cells {
			cells[i] = clean(cells[i])
		}
		fmt.Fprintln(tab, strings.Join(cells, "\t"))
	}
	tab.Flush()
}

// showList reads a list up to limit and writes it.
func showList[T any](o *operator, cmd *cobra.Command, items iter.Seq2[T, error], limit int, c columns[T]) error {
	got, err := client.Collect(items, limit)
	if err != nil {
		return err
	}
	return o.show(cmd, got, func(w io.Writer) { c.write(w, got) })
}

// limitFlag is the flag of every list.
func limitFlag(cmd *cobra.Command) *int {
	return cmd.Flags().Int("limit", 50, "lines at the most, 0 for all")
}

// fields writes names and values below each other; empty values are left out.
func fields(w io.Writer, pairs ...string) {
	tab := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			fmt.Fprintf(tab, "%s\t%s\n", pairs[i], clean(pairs[i+1]))
		}
	}
	tab.Flush()
}

// clean makes text from outside harmless to a terminal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, s)
}

// moment is a time for people, "" for none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// word is a stored word for people: "transfer started".
func word(s string) string { return strings.ReplaceAll(s, "_", " ") }

// size is a number of bytes for people.
func size(n int64) string {
	switch {
	case n < 10<<10:
		return fmt.Sprintf("%d B", n)
	case n < 10<<20:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}
