package client

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// User is a person who signs in.
type User struct {
	ID         int64     `json:"id"`
	Name       string    `json:"name"`
	MustChange bool      `json:"must_change,omitempty"` // a password has to be chosen before anything else
	DisabledAt time.Time `json:"disabled_at,omitzero"`  // zero while the user may sign in
	CreatedAt  time.Time `json:"created_at"`
	Grants     []Grant   `json:"grants,omitempty"` // where one is read
}

// Grant is one role of a user in one unit and below it.
type Grant struct {
	UnitID int64  `json:"unit_id"`
	Unit   string `json:"unit"` // its name
	Role   string `json:"role"`
}

// Users lists users by their creation.
func (c *Client) Users(ctx context.Context) iter.Seq2[User, error] {
	return all[User](ctx, c, "/users", nil)
}

// User reads one user with the grants.
func (c *Client) User(ctx context.Context, id int64) (User, error) {
	var u User
	err := c.get(ctx, path("users", id, ""), nil, &u)
	return u, err
}

// firstPassword is a user with a password that is told this once.
type firstPassword struct {
	Password string `json:"password"`
	User     User   `json:"user"`
}

// CreateUser makes a user with a role in a unit. The password is told this
// once, and has to be changed at the first sign-in.
func (c *Client) CreateUser(ctx context.Context, name string, unit int64, role string) (password string, u User, err error) {
	var out firstPassword
	err = c.post(ctx, "/users", map[string]any{"name": name, "unit_id": unit, "role": role}, &out)
	return out.Password, out.User, err
}

// ResetPassword gives a user a new first password, told this once; the
// sessions end.
func (c *Client) ResetPassword(ctx context.Context, id int64) (password string, u User, err error) {
	var out firstPassword
	err = c.post(ctx, path("users", id, "/reset-password"), nil, &out)
	return out.Password, out.User, err
}

// DisableUser lets a user sign in no more, and ends sessions and API tokens.
func (c *Client) DisableUser(ctx context.Context, id int64) (User, error) {
	var u User
	err := c.post(ctx, path("users", id, "/disable"), nil, &u)
	return u, err
}

// EnableUser lets a user sign in again.
func (c *Client) EnableUser(ctx context.Context, id int64) (User, error) {
	var u User
	err := c.post(ctx, path("users", id, "/enable"), nil, &u)
	return u, err
}

// SetGrant gives a user a role in a unit, in place of any other there.
func (c *Client) SetGrant(ctx context.Context, user, unit int64, role string) (User, error) {
	var u User
	err := c.send(ctx, http.MethodPut, grantPath(user, unit), map[string]string{"role": role}, &u)
	return u, err
}

// DeleteGrant takes a user's role in a unit away.
func (c *Client) DeleteGrant(ctx context.Context, user, unit int64) error {
	return c.send(ctx, http.MethodDelete, grantPath(user, unit), nil, nil)
}

func grantPath(user, unit int64) string {
	return path("users", user, path("grants", unit, ""))
}

// Decision is the answer to "may they", with what it was decided by.
type Decision struct {
	Allowed bool   `json:"allowed"`
	Reason  string `json:"reason"`          // a sentence
	Rule    string `json:"rule"`            // the row of the table of rights
	Grant   *Grant `json:"grant,omitempty"` // that allows it
}

// Can tells whether a user may do an action in a unit, and by which rule. ""
// is oneself; unit 0 is the root.
func (c *Client) Can(ctx context.Context, user, action string, unit int64) (Decision, error) {
	q := url.Values{"action": {action}}
	set(q, "user", user)
	if unit != 0 {
		q.Set("unit", strconv.FormatInt(unit, 10))
	}
	var d Decision
	err := c.get(ctx, "/can", q, &d)
	return d, err
}
