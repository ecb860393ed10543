package web

import (
	"net/http"
	"strings"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

func (web *Web) userList(v *visit) error {
	return web.showUsers(v, http.StatusOK, view.UserForm{}, nil)
}

func (web *Web) showUsers(v *visit, status int, form view.UserForm, secret *view.Secret) error {
	list, err := web.control.Users(v.r.Context(), v.actor, v.part())
	if err != nil {
		return err
	}
	if form.Units, err = web.manageable(v); err != nil {
		return err
	}
	form.Roles = grantable(v.actor.Grants)
	p := view.UserListPage{Now: v.now, New: form, Secret: secret, Frame: v.frame("Users", "/users", "")}
	p.Users, p.Paging = cut(v, list, func(u fleet.User) int64 { return int64(u.ID) })
	if p.Grants, err = web.control.GrantsOf(v.r.Context(), v.actor, p.Users); err != nil {
		return err
	}
	return v.show(status, view.UserList(p))
}

// manageable are the units in which the reader manages users.
func (web *Web) manageable(v *visit) (view.Tree, error) {
	tree, err := web.tree(v)
	return tree.Where(web.where(v, fleet.UserWrite)), err
}

// grantable are the roles that the reader may give somewhere.
func grantable(grants []fleet.Grant) []fleet.Role {
	var most []fleet.Role
	for _, g := range grants {
		if roles := g.Role.Grantable(); len(roles) > len(most) {
			most = roles
		}
	}
	return most
}

func (web *Web) createUser(v *visit) error {
	form := view.UserForm{Name: strings.TrimSpace(v.r.PostFormValue("name")), UnitID: v.unitID("unit"), Role: fleet.Role(v.r.PostFormValue("role"))}
	password, u, err := web.control.CreateUser(v.r.Context(), v.actor, form.Name, form.UnitID, form.Role)
	if mended(err) || fleet.CodeOf(err) == fleet.Denied {
		form.Error = sentence(err)
		return web.showUsers(v, statuses[fleet.CodeOf(err)], form, nil)
	}
	if err != nil {
		return err
	}
	return web.showUsers(v, http.StatusOK, view.UserForm{}, firstPassword(u.Name, password))
}

func firstPassword(name, password string) *view.Secret {
	return &view.Secret{Title: "First password of " + name + ", to be changed at the first sign-in", Text: password}
}

// readUser reads the user of the path with the grants.
func (web *Web) readUser(v *visit) (fleet.User, []fleet.Grant, error) {
	id, err := v.id("user")
	if err != nil {
		return fleet.User{}, nil, err
	}
	return web.control.User(v.r.Context(), v.actor, fleet.UserID(id))
}

func (web *Web) user(v *visit) error { return web.showUser(v, http.StatusOK, "", nil) }

func (web *Web) showUser(v *visit, status int, wrong string, secret *view.Secret) error {
	u, grants, err := web.readUser(v)
	if err != nil {
		return err
	}
	units, err := web.manageable(v)
	if err != nil {
		return err
	}
	return v.show(status, view.User(view.UserPage{Now: v.now, User: u, Grants: grants, Units: units, Roles: grantable(v.actor.Grants),
		Oneself: u.ID == v.actor.User.ID, MayWrite: v.may[fleet.UserWrite], Error: wrong, Secret: secret,
		UnitID: v.unitID("unit"), Role: fleet.Role(v.r.FormValue("role")),
		Frame: v.frame(u.Name, "/users", "", view.Crumb{Word: "Users", URL: "/users"})}))
}

func (web *Web) setGrant(v *visit) error {
	u, _, err := web.readUser(v)
	if err != nil {
		return err
	}
	role := fleet.Role(v.r.PostFormValue("role"))
	err = web.control.SetGrant(v.r.Context(), v.actor, u.ID, v.unitID("unit"), role)
	return web.afterUser(v, u, err, u.Name+" is "+string(role)+" there now.")
}

func (web *Web) deleteGrant(v *visit) error {
	u, _, err := web.readUser(v)
	if err != nil {
		return err
	}
	err = web.control.DeleteGrant(v.r.Context(), v.actor, u.ID, v.unitID("unit"))
	return web.afterUser(v, u, err, "The role of "+u.Name+" there is taken away.")
}

func (web *Web) disableUser(v *visit) error {
	return web.setDisabled(v, true, " cannot sign in any more.")
}
func (web *Web) enableUser(v *visit) error { return web.setDisabled(v, false, " may sign in again.") }

func (web *Web) setDisabled(v *visit, disabled bool, said string) error {
	u, _, err := web.readUser(v)
	if err != nil {
		return err
	}
	return web.afterUser(v, u, web.control.SetUserDisabled(v.r.Context(), v.actor, u.ID, disabled), u.Name+said)
}

// afterUser leads back to the user, with what was done or what was wrong.
func (web *Web) afterUser(v *visit, u fleet.User, err error, said string) error {
	if mended(err) {
		return web.showUser(v, statuses[fleet.CodeOf(err)], sentence(err), nil)
	}
	if err != nil {
		return err
	}
	if _, _, err := web.control.User(v.r.Context(), v.actor, u.ID); err != nil { // without this role the user is not the reader's any more
		return v.leave("/users", said)
	}
	return v.leave("/users/"+u.ID.String(), said)
}

func (web *Web) resetPassword(v *visit) error {
	u, _, err := web.readUser(v)
	if err != nil {
		return err
	}
	password, err := web.control.ResetPassword(v.r.Context(), v.actor, u.ID)
	if err != nil {
		return err
	}
	return web.showUser(v, http.StatusOK, "", firstPassword(u.Name, password))
}
