package control

import (
	"context"
	"maps"
	"strconv"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// maxIdempotencyKey bounds a key in bytes.
const maxIdempotencyKey = 100

// keepIdempotency is how long a key is known; later it gives another update.
const keepIdempotency = 7 * 24 * time.Hour

func checkIdempotencyKey(key string) error {
	if len(key) > maxIdempotencyKey {
		return fleet.Errorf(fleet.Invalid, "an idempotency key has at most %d bytes", maxIdempotencyKey)
	}
	return nil
}

// claim takes the key for a command, or returns the update that the same
// command was already given as; it has no id where there is none.
func (c *Control) claim(ctx context.Context, tx Tx, a Actor, key string, u fleet.Update) (fleet.Update, error) {
	if key == "" {
		return fleet.Update{}, nil
	}
	claimed, err := tx.ClaimSetting(ctx, claimName(a, key), c.Now().Add(keepIdempotency))
	if err != nil || claimed {
		return fleet.Update{}, err
	}
	return c.givenAs(ctx, tx, a, key, u)
}

// givenAs is the update that was given under the key, without an id where
// there is none. One that is another command than u is a fleet.Conflict.
func (c *Control) givenAs(ctx context.Context, r Reader, a Actor, key string, u fleet.Update) (fleet.Update, error) {
	if key == "" {
		return fleet.Update{}, nil
	}
	text, err := r.Setting(ctx, claimName(a, key))
	if fleet.CodeOf(err) == fleet.NotFound {
		return fleet.Update{}, nil
	}
	if err != nil {
		return fleet.Update{}, err
	}
	id, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil {
		return fleet.Update{}, err
	}
	given, err := r.Update(ctx, fleet.UpdateID(id))
	if err == nil && !sameCommand(given, u) {
		return fleet.Update{}, fleet.Errorf(fleet.Conflict,
			"cannot give the update: its idempotency key was used for update %s, which is another command; take another key", given.ID)
	}
	return given, err
}

// sameCommand tells whether u sends what was given to whom it was given. What
// it is called and how long it is tried does not count: a program makes "in two
// hours" up anew for each request. Nor does the release of a script that is not
// signed yet.
func sameCommand(given, u fleet.Update) bool {
	return given.Type == u.Type && given.Content == u.Content && (u.ReleaseID == 0 || given.ReleaseID == u.ReleaseID) &&
		given.Check == u.Check && given.CheckID == u.CheckID &&
		given.Audience.Equal(u.Audience) && maps.Equal(given.Variables, u.Variables)
}

func claimName(a Actor, key string) string { return "idempotency/" + a.User.ID.String() + "/" + key }
