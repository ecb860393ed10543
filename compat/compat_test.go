package compat_test

import (
	"strings"
	"testing"

	"github.com/sluicehq/sluice/compat"
)

func TestVersionsAreOrderedAsDpkgOrdersThem(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"1.0 < 1.1", "1.9 < 1.10", "5.10.1 < 6.0", "1.0~rc1 < 1.0", "1.0 < 1.0a", "1.0a < 1.0+b",
		"5.10.1 < 5.10.1-0-gc7e2b007", "1.01 = 1.1", "1 = 1", "0099999999999999999999 < 100000000000000000000",
	} {
		f := strings.Fields(line)
		want := map[string]int{"<": -1, "=": 0}[f[1]]
		if got := compat.Compare(f[0], f[2]); got != want {
			t.Errorf("%s: got %d", line, got)
		}
		if got := compat.Compare(f[2], f[0]); got != -want {
			t.Errorf("%s, reversed: got %d", line, got)
		}
	}
}

func TestARangeHoldsWhatItSays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rng, version string
		want         bool
	}{
		{"", "", true}, {"", "1", true}, {">=5 <7", "6.1.3", true}, {">=5 <7", "7.0", false},
		{"6", "6", true}, {"!=6", "6", false}, {"<=2", "2", true}, {">2", "2", false}, {">1", "", false},
	} {
		r, err := compat.ParseRange(c.rng)
		if err != nil {
			t.Fatalf("%q: %v", c.rng, err)
		}
		if got := r.Contains(c.version); got != c.want {
			t.Errorf("%q contains %q: got %v", c.rng, c.version, got)
		}
	}
	for _, bad := range []string{">", "=>1", "><1", strings.Repeat("1 ", 200)} {
		if _, err := compat.ParseRange(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestARefusalNamesTheFactAndTheRequirement(t *testing.T) {
	t.Parallel()
	req := compat.Requirement{Models: []string{"iStation", "iBTS"}, Architectures: []string{"arm64"}, Versions: ">=5 <7"}
	fits := compat.Facts{Model: "istation", Architecture: "arm64", Version: "6.1"}
	for _, c := range []struct {
		change func(*compat.Facts)
		want   string
	}{
		{func(*compat.Facts) {}, ""},
		{func(f *compat.Facts) { f.Model = "iZeptoCell" }, "model is iZeptoCell, the release is for iStation, iBTS"},
		{func(f *compat.Facts) { f.Architecture = "" }, "architecture is unknown, the release is for arm64"},
		{func(f *compat.Facts) { f.Version = "7.2" }, "installed version is 7.2, the release is for >=5 <7"},
	} {
		facts := fits
		c.change(&facts)
		if got := req.Refusal(facts); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
