package bench

import (
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

// table is what the benchmarks found.
type table struct {
	before string // the load averages
	rows   []row
	bare   float64 // round trips a second, the peer of all contacts
}

// row is one number with its aim and its peers.
type row struct {
	what  string
	got   float64
	unit  string
	aim   float64 // 0: none
	most  bool    // the aim is an upper bound
	peers []peer
	cost  cost // of one operation, where it was measured
}

// peer is something plainer that was measured in the same run.
type peer struct {
	what string
	got  float64 // in the unit of the row
}

// add keeps a row and reports it in the way of package testing too.
func (t *table) add(b *testing.B, r row) {
	t.rows = append(t.rows, r)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(r.got, strings.ReplaceAll(r.unit, " ", "-"))
}

func (t *table) print(w io.Writer) {
	fmt.Fprintf(w, "\nload average %s before, %s after\n", t.before, loadAverage())
	for _, r := range t.rows {
		fmt.Fprintf(w, "\n%-46s %10s %-12s %s\n", r.what, number(r.got), r.unit, r.verdict())
		for _, p := range r.peers {
			if p.got == 0 {
				continue // -bench left it out
			}
			fmt.Fprintf(w, "    %-42s %10s %-12s ratio %s\n", p.what, number(p.got), r.unit, number(r.got/p.got))
		}
		if r.cost.self > 0 {
			fmt.Fprintf(w, "    processor time of each: %s µs server and load, %s µs database; %d processors do %s %s at most\n",
				number(micros(r.cost.self)), number(micros(r.cost.database)),
				runtime.NumCPU(), number(float64(runtime.NumCPU())*float64(time.Second)/float64(r.cost.all())), r.unit)
		}
	}
	fmt.Fprintln(w)
}

func (r row) verdict() string {
	if r.aim == 0 {
		return ""
	}
	bound, met := "at least", r.got >= r.aim
	if r.most {
		bound, met = "at most", r.got <= r.aim
	}
	return fmt.Sprintf("aim: %s %s, %s", bound, number(r.aim), map[bool]string{true: "met", false: "MISSED"}[met])
}

// number writes three digits at least, and groups thousands.
func number(f float64) string {
	if math.Abs(f) < 100 {
		return fmt.Sprintf("%.3g", f)
	}
	text := fmt.Sprintf("%.0f", f)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func median(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)/2]
}

// loadAverage is the kernel's, "?" where it has none.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "?"
	}
	return strings.Join(strings.Fields(string(text))[:3], " ")
}
