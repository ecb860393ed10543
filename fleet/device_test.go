package fleet_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

func TestPresenceIsSilenceAgainstTheInterval(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for silence, want := range map[time.Duration]fleet.Presence{
		0: fleet.Operational, 66 * time.Minute: fleet.Operational, 67 * time.Minute: fleet.Late,
		3 * time.Hour: fleet.Late, 3*time.Hour + 1: fleet.Unreachable,
	} {
		d := fleet.Device{LastSeenAt: now.Add(-silence), PollEvery: time.Hour}
		if got := d.Presence(now); got != want {
			t.Errorf("silent for %s: got %s, want %s", silence, got, want)
		}
	}
	if got := (fleet.Device{PollEvery: time.Hour}).Presence(now); got != fleet.Unknown {
		t.Errorf("never seen: got %s", got)
	}
}

func TestOnlyAnAcceptedDeviceIsGivenSoftware(t *testing.T) {
	t.Parallel()
	for _, s := range fleet.DeviceStates {
		if got := (fleet.Device{State: s}).Refusal(); (got == "") != (s == fleet.DeviceAccepted) {
			t.Errorf("%s: got %q", s, got)
		}
	}
}

func TestForeignErrorsAreInternalAndKeepTheirTextForTheLog(t *testing.T) {
	t.Parallel()
	own := fmt.Errorf("around: %w", fleet.Errorf(fleet.Denied, "no right to %s", "x"))
	if fleet.CodeOf(own) != fleet.Denied || fleet.Sentence(own) != "no right to x" {
		t.Errorf("got %s, %q", fleet.CodeOf(own), fleet.Sentence(own))
	}
	foreign := errors.New("dial tcp 10.0.0.1: password=secret")
	if fleet.CodeOf(foreign) != fleet.Internal || fleet.Sentence(foreign) != "internal error" {
		t.Errorf("got %s, %q", fleet.CodeOf(foreign), fleet.Sentence(foreign))
	}
	if fleet.CodeOf(nil) != "" {
		t.Error("nil has a code")
	}
}
