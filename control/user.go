package control

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// CreateUser makes a user with one role in one unit. The password is
// returned once, and has to be changed at the first sign-in.
func (c *Control) CreateUser(ctx context.Context, a Actor, name string, unit fleet.UnitID, role fleet.Role) (password string, u fleet.User, err error) {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > fleet.MaxUserName || clip(name, fleet.MaxUserName) != name || strings.ContainsAny(name, " \n\t") {
		return "", u, fleet.Errorf(fleet.Invalid, "a user name has 1 to %d printable characters without spaces; use the e-mail address", fleet.MaxUserName)
	}
	if err := c.mayGrant(ctx, a, unit, role); err != nil {
		return "", u, err
	}
	password = secret(20, base62)
	hash, err := c.hasher.hash(ctx, password)
	if err != nil {
		return "", u, err
	}
	u = fleet.User{Name: name, PasswordHash: hash, MustChange: true, CreatedAt: c.Now()}
	err = c.Store.Write(ctx, func(ctx context.Context, tx Tx) (err error) {
		if u.ID, err = tx.InsertUser(ctx, u); err != nil {
			return err
		}
		if err := tx.SetGrant(ctx, u.ID, unit, role); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, c.auditIn(unit, a.Name(), "user.create", "user "+name, string(role)))
	})
	u.PasswordHash = ""
	return password, u, err
}

// mayGrant refuses a role that the actor may not give in the unit.
func (c *Control) mayGrant(ctx context.Context, a Actor, unit fleet.UnitID, role fleet.Role) error {
	if !slices.Contains(fleet.Roles, role) {
		return fleet.Errorf(fleet.Invalid, "there is no role %q", role)
	}
	if err := c.Authorize(ctx, a, fleet.UserWrite, unit); err != nil {
		return err
	}
	in, err := c.unit(ctx, c.Store, unit)
	if err != nil {
		return err
	}
	if !a.outranks(in, role) {
		return fleet.Errorf(fleet.Denied, "%s may not give the role %s in %s", a.Name(), role, in.Name)
	}
	return nil
}

// outranks tells whether the actor may give the role in the unit.
func (a Actor) outranks(in fleet.Unit, role fleet.Role) bool {
	return slices.ContainsFunc(a.Grants, func(g fleet.Grant) bool {
		return g.Unit.Covers(in) && slices.Contains(g.Role.Grantable(), role)
	})
}

// managed reads a user whom the actor manages: every grant of theirs is one
// that the actor could have given.
func (c *Control) managed(ctx context.Context, a Actor, do fleet.Action, id fleet.UserID) (fleet.User, []fleet.Grant, error) {
	u, err := c.Store.User(ctx, id)
	if err != nil {
		return u, nil, err
	}
	u.PasswordHash = ""
	grants, err := c.Store.Grants(ctx, id)
	if err != nil {
		return u, nil, err
	}
	if err := c.manages(ctx, a, do, u, grants); err != nil {
		return fleet.User{}, nil, err
	}
	return u, grants, nil
}

// manages refuses a user of these grants whom the actor does not manage.
func (c *Control) manages(ctx context.Context, a Actor, do fleet.Action, u fleet.User, grants []fleet.Grant) error {
	if do == fleet.UserRead && u.ID == a.User.ID {
		return nil
	}
	if len(grants) == 0 {
		return c.Authorize(ctx, a, do, fleet.Root)
	}
	for _, g := range grants {
		if err := c.Authorize(ctx, a, do, g.Unit.ID); err != nil {
			return err
		}
		if !a.outranks(g.Unit, g.Role) {
			return fleet.Errorf(fleet.Denied, "%s does not manage %s, who is %s in %s", a.Name(), u.Name, g.Role, g.Unit.Name)
		}
	}
	return nil
}

// GrantsOf are the grants of those of the users whom the actor manages, as
// User reads them, in one query. A user without a grant has an empty list.
func (c *Control) GrantsOf(ctx context.Context, a Actor, users []fleet.User) (map[fleet.UserID][]fleet.Grant, error) {
	ids := make([]fleet.UserID, len(users))
	for i, u := range users {
		ids[i] = u.ID
	}
	all, err := c.Store.GrantsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	managed := map[fleet.UserID][]fleet.Grant{}
	for _, u := range users {
		switch err := c.manages(ctx, a, fleet.UserRead, u, all[u.ID]); {
		case err == nil:
			managed[u.ID] = append([]fleet.Grant{}, all[u.ID]...)
		case fleet.CodeOf(err) != fleet.Denied: // one who holds a role that the actor could not give is left out
			return nil, err
		}
	}
	return managed, nil
}

// Users lists the users with a grant where the actor manages users, by id.
func (c *Control) Users(ctx context.Context, a Actor, p Page) (list []fleet.User, err error) {
	if p.Within, err = c.within(a, fleet.UserRead); err != nil {
		return nil, err
	}
	list, err = c.Store.Users(ctx, p)
	for i := range list {
		list[i].PasswordHash = ""
	}
	return list, err
}

// User reads one user with the grants.
func (c *Control) User(ctx context.Context, a Actor, id fleet.UserID) (fleet.User, []fleet.Grant, error) {
	return c.managed(ctx, a, fleet.UserRead, id)
}

// SetGrant gives a user a role in a unit, in place of any other there.
func (c *Control) SetGrant(ctx context.Context, a Actor, id fleet.UserID, unit fleet.UnitID, role fleet.Role) error {
	u, _, err := c.managed(ctx, a, fleet.UserWrite, id)
	if err != nil {
		return err
	}
	if err := c.mayGrant(ctx, a, unit, role); err != nil {
		return err
	}
	return c.change(ctx, c.auditIn(unit, a.Name(), "user.grant", "user "+u.Name, string(role)), func(ctx context.Context, tx Tx) error {
		return tx.SetGrant(ctx, id, unit, role)
	})
}

// DeleteGrant takes a user's role in a unit away; it takes effect at once.
func (c *Control) DeleteGrant(ctx context.Context, a Actor, id fleet.UserID, unit fleet.UnitID) error {
	u, _, err := c.managed(ctx, a, fleet.UserWrite, id)
	if err != nil {
		return err
	}
	if id == a.User.ID {
		return fleet.Errorf(fleet.Conflict, "cannot take a role of one's own away: another administrator can")
	}
	return c.change(ctx, c.auditIn(unit, a.Name(), "user.revoke", "user "+u.Name, ""), func(ctx context.Context, tx Tx) error {
		return tx.DeleteGrant(ctx, id, unit)
	})
}

// SetUserDisabled lets a user sign in no more, and ends the sessions; or lets
// them in again.
func (c *Control) SetUserDisabled(ctx context.Context, a Actor, id fleet.UserID, disabled bool) error {
	u, _, err := c.managed(ctx, a, fleet.UserWrite, id)
	if err != nil {
		return err
	}
	if id == a.User.ID {
		return fleet.Errorf(fleet.Conflict, "cannot disable oneself: another administrator can")
	}
	var at time.Time
	action := "user.enable"
	if disabled {
		at, action = c.Now(), "user.disable"
	}
	return c.change(ctx, c.audit(a.Name(), action, "user "+u.Name, ""), func(ctx context.Context, tx Tx) error {
		if err := tx.SetUserDisabled(ctx, id, at); err != nil || !disabled {
			return err
		}
		return tx.EndSessions(ctx, id, true)
	})
}

// ResetPassword gives a user a new first password, returned once, and ends
// the sessions.
func (c *Control) ResetPassword(ctx context.Context, a Actor, id fleet.UserID) (password string, err error) {
	u, _, err := c.managed(ctx, a, fleet.UserWrite, id)
	if err != nil {
		return "", err
	}
	password = secret(20, base62)
	hash, err := c.hasher.hash(ctx, password)
	if err != nil {
		return "", err
	}
	c.logins.succeeded(u.Name)
	return password, c.change(ctx, c.audit(a.Name(), "user.reset_password", "user "+u.Name, ""), func(ctx context.Context, tx Tx) error {
		if err := tx.SetPassword(ctx, id, hash, true); err != nil {
			return err
		}
		return tx.EndSessions(ctx, id, false)
	})
}

// ChangePassword changes the actor's own password; the old one is asked for.
// Other sessions of the actor end.
func (c *Control) ChangePassword(ctx context.Context, a Actor, old, password string) error {
	u, err := c.Store.User(ctx, a.User.ID)
	if err != nil {
		return err
	}
	if err := c.logins.admit(u.Name); err != nil {
		return err
	}
	matches, err := c.hasher.matches(ctx, u.PasswordHash, old)
	if err != nil {
		return err
	}
	if !matches {
		c.logins.failed(u.Name)
		return fleet.Errorf(fleet.Denied, "cannot change the password: the old one is wrong")
	}
	if old == password {
		return fleet.Errorf(fleet.Invalid, "cannot change the password: the new one is the old one")
	}
	hash, err := c.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return c.change(ctx, c.audit(a.Name(), "user.change_password", "user "+u.Name, ""), func(ctx context.Context, tx Tx) error {
		if err := tx.SetPassword(ctx, u.ID, hash, false); err != nil {
			return err
		}
		return tx.EndSessions(ctx, u.ID, false)
	})
}

// change runs one small write with its audit row.
func (c *Control) change(ctx context.Context, entry fleet.AuditEntry, fn func(ctx context.Context, tx Tx) error) error {
	return c.Store.Write(ctx, func(ctx context.Context, tx Tx) error {
		if err := fn(ctx, tx); err != nil {
			return err
		}
		return tx.InsertAudit(ctx, entry)
	})
}
