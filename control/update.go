package control

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// maxRetries bounds Update.Retries.
const maxRetries = 10

// NewUpdate is the command that an operator gives.
type NewUpdate struct {
	Type      fleet.UpdateType
	Title     string // default: name and version of the release
	ReleaseID fleet.ReleaseID
	Audience  fleet.Audience
	Retries   int
	ExpiresAt time.Time // zero: never
	// IdempotencyKey makes the second request with the same key answer with
	// the update of the first. "" means every request is another update.
	IdempotencyKey string
}

// Planned is what an update would mean for one device.
type Planned struct {
	Device fleet.Device
	State  fleet.State // in which the execution starts: pending or refused
	Reason string
}

// PlanUpdate says what CreateUpdate would do, device by device, and changes
// nothing.
func (c *Control) PlanUpdate(ctx context.Context, a Actor, n NewUpdate) ([]Planned, error) {
	r, err := c.checkUpdate(ctx, a, n)
	if err != nil {
		return nil, err
	}
	return c.plan(ctx, c.Store, a, n, r)
}

// CreateUpdate gives the command: one execution for each device, pending or
// refused with its reason, in one transaction.
func (c *Control) CreateUpdate(ctx context.Context, a Actor, n NewUpdate) (fleet.Update, error) {
	r, err := c.checkUpdate(ctx, a, n)
	if err != nil {
		return fleet.Update{}, err
	}
	u := fleet.Update{UnitID: a.User.UnitID, Type: n.Type, Form: fleet.Command, Title: clip(strings.TrimSpace(n.Title), 200),
		ReleaseID: r.ID, Release: r, Audience: n.Audience, Retries: n.Retries, ExpiresAt: n.ExpiresAt, CreatedBy: a.Name(), CreatedAt: c.Now()}
	if u.Title == "" {
		u.Title = r.Name + " " + r.Version
	}
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		given, err := c.claim(ctx, tx, a, n.IdempotencyKey)
		if err != nil {
			return err
		}
		if given == 0 {
			if given, err = c.give(ctx, tx, a, n, u); err != nil {
				return err
			}
		}
		u, err = tx.Update(ctx, given)
		return err
	})
	if err == nil {
		c.Feed.publish(Change{Update: u.ID})
	}
	return u, err
}

// give inserts the update with its executions.
func (c *Control) give(ctx context.Context, tx Tx, a Actor, n NewUpdate, u fleet.Update) (fleet.UpdateID, error) {
	planned, err := c.plan(ctx, tx, a, n, u.Release)
	if err != nil {
		return 0, err
	}
	id, err := tx.InsertUpdate(ctx, u)
	if err != nil {
		return 0, err
	}
	executions := make([]fleet.Execution, len(planned))
	for i, p := range planned {
		executions[i] = fleet.Execution{UpdateID: id, DeviceID: p.Device.ID, State: p.State, Reason: p.Reason, Attempt: 1,
			CreatedAt: u.CreatedAt, ChangedAt: u.CreatedAt}
	}
	if err := tx.InsertExecutions(ctx, executions); err != nil {
		return 0, err
	}
	if n.IdempotencyKey != "" {
		if err := tx.SetSetting(ctx, claimName(a, n.IdempotencyKey), []byte(id.String())); err != nil {
			return 0, err
		}
	}
	detail := u.Title + " to " + strconv.Itoa(len(planned)) + " devices"
	return id, tx.InsertAudit(ctx, c.audit(a.Name(), "update.create", "update "+id.String(), detail))
}

// claim returns the update that was already given under the key, or 0.
func (c *Control) claim(ctx context.Context, tx Tx, a Actor, key string) (fleet.UpdateID, error) {
	if key == "" {
		return 0, nil
	}
	claimed, err := tx.ClaimSetting(ctx, claimName(a, key))
	if err != nil || claimed {
		return 0, err
	}
	text, err := tx.Setting(ctx, claimName(a, key))
	if err != nil {
		return 0, err
	}
	id, err := strconv.ParseInt(string(text), 10, 64)
	return fleet.UpdateID(id), err
}

func claimName(a Actor, key string) string { return "idempotency/" + a.User.ID.String() + "/" + key }

// checkUpdate refuses a command that is wrong for every device.
func (c *Control) checkUpdate(ctx context.Context, a Actor, n NewUpdate) (fleet.Release, error) {
	if err := c.Authorize(a, UpdateWrite, a.User.UnitID); err != nil {
		return fleet.Release{}, err
	}
	switch keys := len(n.Audience.Devices); {
	case n.Type != fleet.SUP:
		return fleet.Release{}, fleet.Errorf(fleet.Invalid, "cannot give an update of type %q: this server sends type sup", n.Type)
	case keys == 0:
		return fleet.Release{}, fleet.Errorf(fleet.Invalid, "cannot give the update: it names no device")
	case keys > fleet.MaxAudience:
		return fleet.Release{}, fleet.Errorf(fleet.Invalid, "cannot give the update: it names %d devices, at most %d go in one", keys, fleet.MaxAudience)
	case n.Retries < 0 || n.Retries > maxRetries:
		return fleet.Release{}, fleet.Errorf(fleet.Invalid, "cannot give the update: retries are 0 to %d", maxRetries)
	case !n.ExpiresAt.IsZero() && !n.ExpiresAt.After(c.Now()):
		return fleet.Release{}, fleet.Errorf(fleet.Invalid, "cannot give the update: it would expire at %s, which is past", n.ExpiresAt.UTC().Format(time.RFC3339))
	case len(n.IdempotencyKey) > 100:
		return fleet.Release{}, fleet.Errorf(fleet.Invalid, "an idempotency key has at most 100 bytes")
	}
	return c.Release(ctx, a, n.ReleaseID)
}

// plan decides for each device where its execution starts.
func (c *Control) plan(ctx context.Context, r Reader, a Actor, n NewUpdate, release fleet.Release) ([]Planned, error) {
	keys := slices.Compact(slices.Sorted(slices.Values(n.Audience.Devices)))
	devices, err := r.DevicesByKeys(ctx, keys)
	if err != nil {
		return nil, err
	}
	for _, d := range devices {
		if err := c.Authorize(a, UpdateWrite, d.UnitID); err != nil {
			return nil, err
		}
	}
	if missing := missingKeys(keys, devices); missing != "" {
		return nil, fleet.Errorf(fleet.NotFound, "cannot give the update: there is no device %s", missing)
	}
	if tx, ok := r.(Tx); ok {
		ids := make([]fleet.DeviceID, len(devices))
		for i, d := range devices {
			ids[i] = d.ID
		}
		if err := tx.LockDevices(ctx, ids); err != nil {
			return nil, err
		}
	}
	busy, err := r.PendingSince(ctx, n.Type, keys)
	if err != nil {
		return nil, err
	}
	planned := make([]Planned, len(devices))
	for i, d := range devices {
		p := Planned{Device: d, State: fleet.Pending, Reason: "waits for the next telemetry message"}
		if why := refusal(d, release); why != "" {
			p.State, p.Reason = fleet.Refused, why
		} else if since, ok := busy[d.ID]; ok {
			p.State, p.Reason = fleet.Refused, "another "+string(n.Type)+" update is pending since "+since.UTC().Format("2006-01-02 15:04:05 UTC")
		}
		planned[i] = p
	}
	return planned, nil
}

// missingKeys names up to three keys that are no device.
func missingKeys(keys []string, devices []fleet.Device) string {
	known := map[string]bool{}
	for _, d := range devices {
		known[d.Key] = true
	}
	var missing []string
	for _, k := range keys {
		if !known[k] {
			missing = append(missing, clip(k, fleet.MaxKey))
		}
	}
	if len(missing) > 3 {
		return strings.Join(missing[:3], ", ") + " and " + strconv.Itoa(len(missing)-3) + " more"
	}
	return strings.Join(missing, ", ")
}

// Updates lists the updates, newest first.
func (c *Control) Updates(ctx context.Context, a Actor, p Page) ([]fleet.Update, error) {
	if err := c.Authorize(a, UpdateRead, a.User.UnitID); err != nil {
		return nil, err
	}
	return c.Store.Updates(ctx, p)
}

// Update reads one update with its counts.
func (c *Control) Update(ctx context.Context, a Actor, id fleet.UpdateID) (fleet.Update, error) {
	u, err := c.Store.Update(ctx, id)
	if err != nil {
		return u, err
	}
	if err := c.Authorize(a, UpdateRead, u.UnitID); err != nil {
		return fleet.Update{}, err
	}
	return u, nil
}
