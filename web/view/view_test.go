package view

import (
	"testing"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

func TestEveryStateHasALookAndAPlaceInTheBar(t *testing.T) {
	t.Parallel()
	place := map[fleet.State]int{}
	for _, s := range barOrder {
		place[s]++
	}
	looks := map[Badge]fleet.State{}
	for _, s := range fleet.States() {
		b := StateBadge(s)
		if b.Hue == "hue-" || b.Glyph == "" || b.Word == "" {
			t.Errorf("%s has no look: %+v", s, b)
		}
		if place[s] != 1 {
			t.Errorf("%s is %d times in the bar", s, place[s])
		}
		b.Word = ""
		if twin, ok := looks[b]; ok {
			t.Errorf("%s looks like %s", s, twin)
		}
		looks[b] = s
	}
	if len(barOrder) != len(fleet.States()) || len(look) != len(fleet.States()) {
		t.Errorf("%d states, %d in the bar, %d looks", len(fleet.States()), len(barOrder), len(look))
	}
	for _, s := range fleet.UpdateStatuses {
		if b := UpdateBadge(s); b.Hue == "hue-" || b.Glyph == "" {
			t.Errorf("%s has no look", s)
		}
	}
}

func TestDistancesInTimeAreReadAtAGlance(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for ago, want := range map[time.Duration]string{
		0: "just now", 59 * time.Second: "just now", 2*time.Minute + 5*time.Second: "2 min 5 s ago", 12*time.Minute + 5*time.Second: "12 min ago",
		130 * time.Minute: "2 h 10 min ago", 26 * time.Hour: "1 d 2 h ago", 75 * time.Hour: "3 d ago", -10 * time.Minute: "in 10 min",
	} {
		if got := Ago(now, now.Add(-ago)); got != want {
			t.Errorf("%s ago is %q, want %q", ago, got, want)
		}
	}
	if got := Ago(now, time.Time{}); got != "never" {
		t.Errorf("the zero moment is %q", got)
	}
	for d, want := range map[time.Duration]string{412 * time.Millisecond: "412 ms", 1240 * time.Millisecond: "1.2 s", 61200 * time.Millisecond: "1 min 1 s"} {
		if got := Span(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1284: "1,284", 1234567: "1,234,567"} {
		if got := Number(n); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestABarIsFullAndItsSmallestSegmentCanBeSeen(t *testing.T) {
	t.Parallel()
	c := fleet.Counts{ByState: map[fleet.State]int{fleet.Succeeded: 99_990, fleet.Failed: 1, fleet.Pending: 9}}
	list := Segments(c, func(s fleet.State) string { return "?" + string(s) }, fleet.Failed)
	if len(list) != 3 || list[0].State != fleet.Succeeded || !list[2].Chosen {
		t.Fatalf("got %+v", list)
	}
	for _, s := range list {
		if s.w < barLeast {
			t.Errorf("%s is %.1f wide", s.State, s.w)
		}
	}
	if end := list[2].x + list[2].w; end < barWidth-0.01 || end > barWidth+0.01 {
		t.Errorf("the bar ends at %.2f", end)
	}
	if Segments(fleet.Counts{}, nil, "") != nil {
		t.Error("an update without executions has segments")
	}
}

func TestAChartOfNothingOrOneValueIsNoLine(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	v := Vital{Word: "CPU", Unit: "%", Percent: true, From: now.Add(-time.Hour), To: now}
	if v.trace() != "" || v.now() != "—" || v.label() != "CPU: not reported" {
		t.Errorf("nothing is drawn as %q, %q, %q", v.trace(), v.now(), v.label())
	}
	v.History = []fleet.Value{{Number: 12, At: now.Add(-time.Hour)}}
	if v.trace() != "" || v.now() != "12 %" {
		t.Errorf("one value is drawn as %q, %q", v.trace(), v.now())
	}
	v.History = append(v.History, fleet.Value{Number: 250, At: now})
	if got, want := v.trace(), "M0.0 30.2L240.0 2.0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
