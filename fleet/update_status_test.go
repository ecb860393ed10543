package fleet_test

import (
	"testing"

	"github.com/sluicehq/sluice/fleet"
)

func TestTheStatusOfAnUpdateIsAboutSending(t *testing.T) {
	t.Parallel()
	type n = map[fleet.State]int
	for _, c := range []struct {
		all, unsent n
		want        fleet.UpdateStatus
	}{
		{n{}, n{}, fleet.UpdateNotSent},
		{n{fleet.Scheduled: 2}, n{fleet.Scheduled: 2}, fleet.UpdateScheduled},
		{n{fleet.Scheduled: 2, fleet.Pending: 1}, n{fleet.Scheduled: 2, fleet.Pending: 1}, fleet.UpdatePending},
		{n{fleet.Pending: 2, fleet.Refused: 1}, n{fleet.Pending: 2, fleet.Refused: 1}, fleet.UpdatePending},
		{n{fleet.Pending: 2, fleet.Sent: 1}, n{fleet.Pending: 2}, fleet.UpdateInProgress},
		{n{fleet.Pending: 1, fleet.Succeeded: 1}, n{fleet.Pending: 1}, fleet.UpdateInProgress},
		{n{fleet.Succeeded: 1, fleet.Failed: 1}, n{}, fleet.UpdateSent},
		{n{fleet.Succeeded: 1, fleet.Refused: 1}, n{fleet.Refused: 1}, fleet.UpdateSent},
		{n{fleet.Succeeded: 1, fleet.Cancelled: 1}, n{fleet.Cancelled: 1}, fleet.UpdatePartiallySent},
		{n{fleet.Sent: 1, fleet.Expired: 1}, n{fleet.Expired: 1}, fleet.UpdatePartiallySent},
		{n{fleet.Cancelled: 2}, n{fleet.Cancelled: 2}, fleet.UpdateCancelled},
		{n{fleet.Cancelled: 2}, n{}, fleet.UpdateSent},
		{n{fleet.Refused: 1, fleet.Expired: 3}, n{fleet.Refused: 1, fleet.Expired: 3}, fleet.UpdateNotSent},
	} {
		if got := fleet.UpdateStatusOf(fleet.Counts{ByState: c.all, Unsent: c.unsent}); got != c.want {
			t.Errorf("%v, unsent %v: got %s, want %s", c.all, c.unsent, got, c.want)
		}
	}
}
