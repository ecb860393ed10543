package view

import (
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// UserListPage is the list of users, and the form for a new one.
type UserListPage struct {
	Frame  Frame
	Now    time.Time
	Users  []fleet.User
	Paging Paging
	// Grants are of the users whom the reader manages; others are not in it.
	Grants map[fleet.UserID][]fleet.Grant
	New    UserForm
	Secret *Secret
}

// UserForm is what is typed for a user.
type UserForm struct {
	Name   string
	UnitID fleet.UnitID
	Role   fleet.Role
	Units  Tree
	Roles  []fleet.Role
	Error  string
}

// UserPage is one user with the roles.
type UserPage struct {
	Frame    Frame
	Now      time.Time
	User     fleet.User
	Grants   []fleet.Grant
	Units    Tree // where the reader may give a role
	Roles    []fleet.Role
	UnitID   fleet.UnitID
	Role     fleet.Role
	Oneself  bool
	MayWrite bool
	Error    string
	Secret   *Secret
}

func userBadge(u fleet.User) Badge {
	switch {
	case !u.DisabledAt.IsZero():
		return badge("off", "○", "disabled")
	case u.MustChange:
		return badge("pending", "●", "first password")
	}
	return badge("ok", "✓", "active")
}

func (p UserPage) url(do string) string { return "/users/" + p.User.ID.String() + "/" + do }

func (p UserPage) disableAsk() Ask {
	if !p.User.DisabledAt.IsZero() {
		return Ask{URL: p.url("enable"), Button: "Enable", Title: "Let " + p.User.Name + " sign in again?", Explain: "With the roles below.", Do: "Enable 1 user"}
	}
	return Ask{URL: p.url("disable"), Button: "Disable", Title: "Disable " + p.User.Name + "?",
		Explain: "All sessions and API tokens of the user end at once. The roles are kept.", Do: "Disable 1 user", Stop: true}
}

func (p UserPage) passwordAsk() Ask {
	return Ask{URL: p.url("password"), Button: "Reset the password", Title: "Reset the password of " + p.User.Name + "?",
		Explain: "The old one is good for nothing from then on, and open sessions end. The new one is shown once.", Do: "Reset 1 password", Stop: true}
}

func (p UserPage) grantAsk(g fleet.Grant) Ask {
	return Ask{URL: p.url("grants/delete"), Button: "Take away", Name: "Take " + string(g.Role) + " in " + g.Unit.Name + " away",
		Title: "Take " + string(g.Role) + " in " + g.Unit.Name + " away from " + p.User.Name + "?", Explain: "It takes effect at once.",
		Do: "Take 1 role away", Stop: true, Tiny: true, Fields: []Field{{"unit", g.Unit.ID.String()}}}
}
