package api

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// User is a person who signs in.
type User struct {
	ID         fleet.UserID `json:"id"`
	Name       string       `json:"name"`
	MustChange bool         `json:"must_change,omitempty" doc:"The user has to choose a password before anything else"`
	DisabledAt time.Time    `json:"disabled_at,omitzero" doc:"Left out while the user may sign in"`
	CreatedAt  time.Time    `json:"created_at"`
	Grants     []Grant      `json:"grants,omitempty" doc:"Only where one user is shown"`
}

// Grant is one role of a user in one unit and below it.
type Grant struct {
	UnitID fleet.UnitID `json:"unit_id"`
	Unit   string       `json:"unit" doc:"Its name"`
	Role   fleet.Role   `json:"role"`
}

func userOf(u fleet.User) User {
	return User{ID: u.ID, Name: u.Name, MustChange: u.MustChange, DisabledAt: u.DisabledAt, CreatedAt: u.CreatedAt}
}

func grantOf(g fleet.Grant) Grant { return Grant{UnitID: g.Unit.ID, Unit: g.Unit.Name, Role: g.Role} }

func userWith(u fleet.User, grants []fleet.Grant) User {
	out := userOf(u)
	out.Grants = each(grants, grantOf)
	return out
}

func (a *API) listUsers(ctx context.Context, in *Page) (*output[list[User]], error) {
	users, err := a.control.Users(ctx, actorOf(ctx), in.control())
	return answerList(users, err, *in, userOf, func(u fleet.User) int64 { return int64(u.ID) })
}

// UserInput names a user in the path.
type UserInput struct {
	User fleet.UserID `path:"user" minimum:"1"`
}

func (a *API) showUser(ctx context.Context, in *UserInput) (*output[User], error) {
	u, grants, err := a.control.User(ctx, actorOf(ctx), in.User)
	return answer(u, err, func(u fleet.User) User { return userWith(u, grants) })
}

type createUserInput struct {
	Body struct {
		Name   string       `json:"name" minLength:"1" maxLength:"200" doc:"The e-mail address"`
		UnitID fleet.UnitID `json:"unit_id" minimum:"1"`
		Role   fleet.Role   `json:"role" enum:"SERVICE_VIEWER,SERVICE_OPERATOR,SERVICE_ADMINISTRATOR,CUSTOMER_ADMINISTRATOR,CHANNEL_ADMINISTRATOR"`
	}
}

// FirstPassword is a user with the password that is shown this once.
type FirstPassword struct {
	Password string `json:"password" doc:"Shown once; the user has to change it at the first sign-in"`
	User     User   `json:"user"`
}

func (a *API) createUser(ctx context.Context, in *createUserInput) (*output[FirstPassword], error) {
	password, u, err := a.control.CreateUser(ctx, actorOf(ctx), in.Body.Name, in.Body.UnitID, in.Body.Role)
	if err != nil {
		return nil, err
	}
	return a.firstPassword(ctx, password, u.ID)
}

func (a *API) resetPassword(ctx context.Context, in *UserInput) (*output[FirstPassword], error) {
	password, err := a.control.ResetPassword(ctx, actorOf(ctx), in.User)
	if err != nil {
		return nil, err
	}
	return a.firstPassword(ctx, password, in.User)
}

func (a *API) firstPassword(ctx context.Context, password string, id fleet.UserID) (*output[FirstPassword], error) {
	u, grants, err := a.control.User(ctx, actorOf(ctx), id)
	return answer(u, err, func(u fleet.User) FirstPassword { return FirstPassword{Password: password, User: userWith(u, grants)} })
}

func (a *API) disableUser(ctx context.Context, in *UserInput) (*output[User], error) {
	return a.setDisabled(ctx, in, true)
}

func (a *API) enableUser(ctx context.Context, in *UserInput) (*output[User], error) {
	return a.setDisabled(ctx, in, false)
}

func (a *API) setDisabled(ctx context.Context, in *UserInput, disabled bool) (*output[User], error) {
	if err := a.control.SetUserDisabled(ctx, actorOf(ctx), in.User, disabled); err != nil {
		return nil, err
	}
	return a.showUser(ctx, in)
}

// GrantInput names a user's role in a unit.
type GrantInput struct {
	UserInput
	UnitInput
}

type setGrantInput struct {
	GrantInput
	Body struct {
		Role fleet.Role `json:"role" enum:"SERVICE_VIEWER,SERVICE_OPERATOR,SERVICE_ADMINISTRATOR,CUSTOMER_ADMINISTRATOR,CHANNEL_ADMINISTRATOR"`
	}
}

func (a *API) setGrant(ctx context.Context, in *setGrantInput) (*output[User], error) {
	if err := a.control.SetGrant(ctx, actorOf(ctx), in.User, in.Unit, in.Body.Role); err != nil {
		return nil, err
	}
	return a.showUser(ctx, &in.UserInput)
}

func (a *API) deleteGrant(ctx context.Context, in *GrantInput) (*empty, error) {
	if err := a.control.DeleteGrant(ctx, actorOf(ctx), in.User, in.Unit); err != nil {
		return nil, err
	}
	return noContent, nil
}
