package view

import (
	"fmt"
	"strings"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// Size of a chart in its own units; the page stretches it.
const (
	chartWidth  = 240.0
	chartHeight = 36.0
	chartMargin = 2.0
)

// Vital is a measurement of a device with its recent history.
type Vital struct {
	Word    string // "CPU"
	Unit    string // "%"
	Percent bool   // drawn on a scale from 0 to 100
	History []fleet.Value
	From    time.Time
	To      time.Time
}

// now is the newest value in words, "—" for none.
func (v Vital) now() string {
	if len(v.History) == 0 {
		return "—"
	}
	return v.number(v.History[len(v.History)-1].Number)
}

func (v Vital) number(n float64) string {
	text := fmt.Sprintf("%.0f", n)
	if n > -10 && n < 10 && n != float64(int(n)) {
		text = fmt.Sprintf("%.1f", n)
	}
	return text + " " + v.Unit
}

// label says the chart in words.
func (v Vital) label() string {
	if len(v.History) == 0 {
		return v.Word + ": not reported"
	}
	low, high := v.bounds()
	return fmt.Sprintf("%s over the last %s: from %s to %s, now %s", v.Word, Span(v.To.Sub(v.From)), v.number(low), v.number(high), v.now())
}

func (v Vital) bounds() (low, high float64) {
	low, high = v.History[0].Number, v.History[0].Number
	for _, p := range v.History {
		low, high = min(low, p.Number), max(high, p.Number)
	}
	return low, high
}

// trace is the line as an SVG path, "" with fewer than two values.
func (v Vital) trace() string {
	if len(v.History) < 2 {
		return ""
	}
	low, high := v.bounds()
	if v.Percent {
		low, high = 0, 100
	}
	if high-low < 1 {
		low, high = low-1, high+1
	}
	span := v.To.Sub(v.From).Seconds()
	var path strings.Builder
	for i, p := range v.History {
		x := p.At.Sub(v.From).Seconds() / span * chartWidth
		y := chartMargin + (high-min(max(p.Number, low), high))/(high-low)*(chartHeight-2*chartMargin)
		fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(i, 1)], x, y)
	}
	return path.String()
}

// under is the area below the trace.
func (v Vital) under() string {
	trace := v.trace()
	if trace == "" {
		return ""
	}
	x := func(p fleet.Value) float64 {
		return p.At.Sub(v.From).Seconds() / v.To.Sub(v.From).Seconds() * chartWidth
	}
	return fmt.Sprintf("%sL%.1f %.1fL%.1f %.1fZ", trace, x(v.History[len(v.History)-1]), chartHeight, x(v.History[0]), chartHeight)
}
