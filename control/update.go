package control

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// maxRetries bounds Update.Retries.
const maxRetries = 10

// maxTitle bounds Update.Title in bytes.
const maxTitle = 200

// NewUpdate is the command that an operator gives.
type NewUpdate struct {
	Type      fleet.UpdateType
	Title     string          // default: name and version of the release
	ReleaseID fleet.ReleaseID // of types predefined and sup, and of jetporch where there is no script
	MagicLink string          // the hash, of type magic_link
	Script    string          // YAML, of type jetporch
	Audience  fleet.Audience
	Retries   int
	ExpiresAt time.Time // zero: never
	// Check asks the devices what it would change, and changes nothing. It is
	// for a script or a release of format playbook.
	Check     bool
	Variables map[string]string // for those that the release declares
	// AcceptWarnings gives a script although the check of its text warns.
	AcceptWarnings bool
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
	what, err := c.content(ctx, a, n)
	if err != nil {
		return nil, err
	}
	return c.plan(ctx, c.Store, a, n, what)
}

// CreateUpdate gives the command: one execution for each device, pending or
// refused with its reason, in one transaction.
func (c *Control) CreateUpdate(ctx context.Context, a Actor, n NewUpdate) (fleet.Update, error) {
	what, err := c.content(ctx, a, n)
	if err != nil {
		return fleet.Update{}, err
	}
	if what.release.ID == 0 { // a script: it is signed and kept once it is sure to be given
		given, err := c.givenAs(ctx, c.Store, a, n.IdempotencyKey, c.command(a, n, what))
		if err != nil || given.ID != 0 {
			return given, err
		}
		if _, err := c.plan(ctx, c.Store, a, n, what); err != nil {
			return fleet.Update{}, err
		}
		if what.release, err = c.signScript(ctx, a, n.Script, what.release); err != nil {
			return fleet.Update{}, err
		}
	}
	return c.commit(ctx, a, n, what)
}

// command is the update that a command becomes.
func (c *Control) command(a Actor, n NewUpdate, what content) fleet.Update {
	u := fleet.Update{Type: n.Type, Form: fleet.Command, Title: clip(strings.TrimSpace(n.Title), maxTitle), ReleaseID: what.release.ID,
		Release: what.release, Audience: n.Audience, GroupID: n.Audience.GroupID, Content: what.text, Retries: n.Retries,
		ExpiresAt: n.ExpiresAt, CreatedBy: a.Name(), CreatedAt: c.Now(),
		Check: n.Check, CheckID: what.applies.ID, Variables: n.Variables, LinkID: what.link.ID}
	if u.Title == "" {
		u.Title = what.title
	}
	return u
}

// commit gives the command in one transaction.
func (c *Control) commit(ctx context.Context, a Actor, n NewUpdate, what content) (fleet.Update, error) {
	var u fleet.Update
	err := c.Store.Write(ctx, func(ctx context.Context, tx Tx) (err error) {
		given := c.command(a, n, what)
		if u, err = c.claim(ctx, tx, a, n.IdempotencyKey, given); err != nil || u.ID != 0 {
			return err
		}
		if given.ID, err = c.give(ctx, tx, a, n, given, what); err != nil {
			return err
		}
		u, err = tx.Update(ctx, given.ID)
		return err
	})
	if err == nil {
		c.Feed.publish(Change{Update: u.ID})
	}
	return u, err
}

// give inserts the update with its executions.
func (c *Control) give(ctx context.Context, tx Tx, a Actor, n NewUpdate, u fleet.Update, what content) (fleet.UpdateID, error) {
	planned, err := c.plan(ctx, tx, a, n, what)
	if err != nil {
		return 0, err
	}
	if u.UnitID, err = c.unitOf(ctx, tx, n.Audience, what.applies, planned); err != nil {
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
	to := strconv.Itoa(len(planned)) + " devices"
	if len(planned) == 1 {
		to = "1 device"
	}
	return id, tx.InsertAudit(ctx, c.auditIn(u.UnitID, a.Name(), "update.create", "update "+id.String(), u.Title+" to "+to))
}

// unitOf is the unit that an update hangs on: that of its group, the one it
// was given to, or the lowest that covers its devices.
func (c *Control) unitOf(ctx context.Context, r Reader, to fleet.Audience, applies fleet.Update, planned []Planned) (fleet.UnitID, error) {
	if to.GroupID != 0 && applies.ID != 0 { // the group may have been deleted since
		return applies.UnitID, nil
	}
	if to.GroupID != 0 {
		g, err := r.Group(ctx, to.GroupID)
		return g.UnitID, err
	}
	if to.UnitID != 0 {
		return to.UnitID, nil
	}
	lowest, err := c.unit(ctx, r, planned[0].Device.UnitID)
	for _, p := range planned {
		unit, failed := c.unit(ctx, r, p.Device.UnitID)
		for err == nil && failed == nil && !lowest.Covers(unit) {
			lowest, err = c.unit(ctx, r, lowest.ParentID)
		}
		if failed != nil {
			return 0, failed
		}
	}
	return lowest.ID, err
}

// Updates lists the updates, newest first.
func (c *Control) Updates(ctx context.Context, a Actor, f UpdateFilter, p Page) (_ []fleet.Update, err error) {
	if p.Within, err = c.within(a, fleet.UpdateRead); err != nil {
		return nil, err
	}
	return c.Store.Updates(ctx, f, p)
}

// Update reads one update with its counts. It may be read by whoever reads
// updates in its unit, or on a device that it went to.
func (c *Control) Update(ctx context.Context, a Actor, id fleet.UpdateID) (fleet.Update, error) {
	u, err := c.Store.Update(ctx, id)
	if err != nil {
		return u, err
	}
	refused := c.Authorize(ctx, a, fleet.UpdateRead, u.UnitID)
	if refused == nil {
		return u, nil
	}
	within, err := c.within(a, fleet.UpdateRead)
	if err != nil {
		return fleet.Update{}, err
	}
	own, err := c.Store.Executions(ctx, ExecutionFilter{UpdateID: id}, Page{Limit: 1, Within: within})
	if err != nil || len(own) == 0 {
		return fleet.Update{}, refused
	}
	return u, nil
}
