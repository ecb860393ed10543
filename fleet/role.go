package fleet

import (
	"fmt"
	"slices"
	"strings"
)

// Role is what a user may do inside a unit and below it.
type Role string

// The roles (kerlink-scout A2).
const (
	ServiceViewer         Role = "SERVICE_VIEWER"         // observes
	ServiceOperator       Role = "SERVICE_OPERATOR"       // monitors
	ServiceAdministrator  Role = "SERVICE_ADMINISTRATOR"  // keeps the devices in operation
	CustomerAdministrator Role = "CUSTOMER_ADMINISTRATOR" // manages the users of a customer
	ChannelAdministrator  Role = "CHANNEL_ADMINISTRATOR"  // manages customers, and all of the above
)

// Roles lists every role, for schemas and forms.
var Roles = []Role{ServiceViewer, ServiceOperator, ServiceAdministrator, CustomerAdministrator, ChannelAdministrator}

// Action is what somebody wants to do.
type Action string

// The actions.
const (
	DeviceRead     Action = "device.read"
	DeviceWrite    Action = "device.write" // accept, reject, name, move, import
	DeviceLog      Action = "device.log"
	DeviceMethod   Action = "device.method"
	GroupRead      Action = "group.read"
	GroupWrite     Action = "group.write"
	UnitRead       Action = "unit.read"
	UnitWrite      Action = "unit.write"
	TokenRead      Action = "token.read"
	TokenWrite     Action = "token.write"
	FileRead       Action = "file.read"
	FileWrite      Action = "file.write"
	ReleaseRead    Action = "release.read"
	ReleaseWrite   Action = "release.write"
	MagicLinkRead  Action = "magic_link.read"
	MagicLinkWrite Action = "magic_link.write"
	UpdateRead     Action = "update.read"
	UpdateWrite    Action = "update.write"  // give an update command, and open the page that gives one
	UpdateCancel   Action = "update.cancel" // take an unsent one back
	UserRead       Action = "user.read"
	UserWrite      Action = "user.write"
	AuditRead      Action = "audit.read"
)

// Right is one row of the table of rights: whoever holds one of the roles in
// a unit may do the actions on what hangs on that unit or below it.
type Right struct {
	Rule    string // a sentence for the person who was refused
	Actions []Action
	Roles   []Role
}

// Rights is the one table of who may do what. What is not in it is refused.
var Rights = []Right{
	{"every role reads devices, groups, units, releases and the history of updates",
		[]Action{DeviceRead, GroupRead, UnitRead, FileRead, ReleaseRead, UpdateRead}, Roles},
	{"logs and diagnostics are for SERVICE_OPERATOR, SERVICE_ADMINISTRATOR and CHANNEL_ADMINISTRATOR",
		[]Action{DeviceLog, DeviceMethod}, []Role{ServiceOperator, ServiceAdministrator, ChannelAdministrator}},
	{"devices, groups, files, releases and Magic Links are changed by SERVICE_ADMINISTRATOR and CHANNEL_ADMINISTRATOR",
		[]Action{DeviceWrite, GroupWrite, TokenRead, TokenWrite, FileWrite, ReleaseWrite, MagicLinkRead, MagicLinkWrite},
		[]Role{ServiceAdministrator, ChannelAdministrator}},
	{"update commands are for SERVICE_ADMINISTRATOR and CHANNEL_ADMINISTRATOR only",
		[]Action{UpdateWrite, UpdateCancel}, []Role{ServiceAdministrator, ChannelAdministrator}},
	{"users are managed by CUSTOMER_ADMINISTRATOR and CHANNEL_ADMINISTRATOR",
		[]Action{UserRead, UserWrite}, []Role{CustomerAdministrator, ChannelAdministrator}},
	{"units are made by CHANNEL_ADMINISTRATOR",
		[]Action{UnitWrite}, []Role{ChannelAdministrator}},
	{"the audit log is read by SERVICE_ADMINISTRATOR, CUSTOMER_ADMINISTRATOR and CHANNEL_ADMINISTRATOR",
		[]Action{AuditRead}, []Role{ServiceAdministrator, CustomerAdministrator, ChannelAdministrator}},
}

// RightOf is the row of the table that the action stands in.
func RightOf(a Action) (Right, bool) {
	i := slices.IndexFunc(Rights, func(r Right) bool { return slices.Contains(r.Actions, a) })
	if i < 0 {
		return Right{}, false
	}
	return Rights[i], true
}

// Grantable lists the roles that a role may give to others, in its unit and
// below: a CUSTOMER_ADMINISTRATOR all but CHANNEL_ADMINISTRATOR.
func (r Role) Grantable() []Role {
	switch r {
	case ChannelAdministrator:
		return Roles
	case CustomerAdministrator:
		return Roles[:4]
	}
	return nil
}

// Grant is one role of one user in one unit.
type Grant struct {
	UserID UserID
	Unit   Unit
	Role   Role
}

// Decision is the answer to "may they", with the row and the unit behind it.
type Decision struct {
	Allowed bool
	Right   Right
	Grant   Grant // the grant that allows it; zero where none does
	Reason  string
}

// Decide looks for a grant that allows the action on what hangs on the unit.
func Decide(user string, grants []Grant, a Action, in Unit) Decision {
	right, ok := RightOf(a)
	if !ok {
		return Decision{Reason: fmt.Sprintf("there is no action %s", a)}
	}
	d := Decision{Right: right}
	for _, g := range grants {
		if slices.Contains(right.Roles, g.Role) && g.Unit.Covers(in) {
			d.Allowed, d.Grant = true, g
			d.Reason = fmt.Sprintf("%s is %s in %s: %s", user, g.Role, g.Unit.Name, right.Rule)
			return d
		}
	}
	d.Reason = fmt.Sprintf("%s may not %s in %s: %s; %s", user, a, in.Name, right.Rule, heldRoles(user, grants, in))
	return d
}

func heldRoles(user string, grants []Grant, in Unit) string {
	var held []string
	for _, g := range grants {
		if g.Unit.Covers(in) {
			held = append(held, string(g.Role)+" in "+g.Unit.Name)
		}
	}
	if len(held) == 0 {
		return user + " has no role there"
	}
	return user + " is " + strings.Join(held, ", ")
}
