package operator

import (
	"errors"
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/sluicehq/sluice/client"
)

func TestEveryErrorHasItsExitCode(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("a disk"), 1},
		{&client.Error{Code: client.Internal}, 1},
		{usageError{errors.New("x")}, 2},
		{&client.Error{Code: client.NotFound}, 3},
		{&client.Error{Code: client.Conflict}, 4},
		{&client.Error{Code: client.Invalid}, 4},
		{&client.Error{Code: client.Unconfirmed}, 4},
		{&client.Error{Code: client.Denied}, 5},
		{&client.Error{Code: client.Unavailable}, 6},
		{fmt.Errorf("cannot: %w", &url.Error{Err: errors.New("refused")}), 6},
		{&client.Error{Code: "of a later server"}, 1},
		{outcome{exitRefused, "x"}, 4},
	} {
		if got := ExitCode(row.err); got != row.want {
			t.Errorf("%v: got %d, want %d", row.err, got, row.want)
		}
	}
	for i, e := range exits {
		if e.exit != i {
			t.Errorf("row %d of the table is exit code %d", i, e.exit)
		}
	}
}

func TestADeadlineIsAMomentOrATimeFromNow(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]string{"": "0001-01-01T00:00:00Z", "48h": "2026-11-23T12:00:00Z", "2026-12-24T18:00:00+01:00": "2026-12-24T17:00:00Z"} {
		got, err := deadline(text, now)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"tomorrow", "-1h", "0s", "2026-12-24"} {
		if _, err := deadline(text, now); ExitCode(err) != exitUsage {
			t.Errorf("%q: got %v", text, err)
		}
	}
}
