package control

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// nobody is a store without users.
type nobody struct{ Store }

func (nobody) UserByName(context.Context, string) (fleet.User, error) {
	return fleet.User{}, fleet.Errorf(fleet.NotFound, "there is no user")
}

func (nobody) Write(context.Context, func(context.Context, Tx) error) error { return nil }

func TestASignInWaitsOnlySoLong(t *testing.T) {
	t.Parallel()
	now := func() time.Time { return time.Unix(0, 0) }
	c := &Control{Options: Options{Store: nobody{}, Now: now}, logins: newLogins(now), refusals: newSeldom[fleet.UserID](now), hasher: newHasher()}
	for range maxHashing {
		leave, err := c.hasher.enter(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer leave()
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := c.SignIn(gone, "ann", "a password"); !errors.Is(err, context.Canceled) {
		t.Errorf("somebody who has gone: got %v", err)
	}
	for range maxWaitHash {
		c.hasher.inside <- struct{}{}
	}
	_, _, err := c.SignIn(t.Context(), "ann", "a password")
	if fleet.CodeOf(err) != fleet.Unavailable || fleet.AfterOf(err) <= 0 {
		t.Errorf("with too many waiting: got %v", err)
	}
	if len(c.logins.tries) != 0 {
		t.Error("it counted as a wrong password")
	}
}
