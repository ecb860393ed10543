package control

import (
	"slices"

	"github.com/sluicehq/sluice/fleet"
)

// Actor is who asks.
type Actor struct {
	User fleet.User
}

// Name is the actor in audit rows.
func (a Actor) Name() string { return a.User.Name }

// Action is what somebody wants to do.
type Action string

// The actions.
const (
	DeviceRead   Action = "device.read"
	DeviceAdmit  Action = "device.admit" // accept and reject
	DeviceMethod Action = "device.method"
	TokenRead    Action = "token.read"
	TokenCreate  Action = "token.create"
	FileRead     Action = "file.read"
	FileUpload   Action = "file.upload"
	ReleaseRead  Action = "release.read"
	ReleaseWrite Action = "release.create"
	UpdateRead   Action = "update.read"
	UpdateWrite  Action = "update.create"
	UpdateCancel Action = "update.cancel"
	AuditRead    Action = "audit.read"
)

// rights is the one table of who may do what inside their unit.
var rights = map[Action][]fleet.Role{
	DeviceRead:   {fleet.Administrator},
	DeviceAdmit:  {fleet.Administrator},
	DeviceMethod: {fleet.Administrator},
	TokenRead:    {fleet.Administrator},
	TokenCreate:  {fleet.Administrator},
	FileRead:     {fleet.Administrator},
	FileUpload:   {fleet.Administrator},
	ReleaseRead:  {fleet.Administrator},
	ReleaseWrite: {fleet.Administrator},
	UpdateRead:   {fleet.Administrator},
	UpdateWrite:  {fleet.Administrator},
	UpdateCancel: {fleet.Administrator},
	AuditRead:    {fleet.Administrator},
}

// Authorize returns nil when the actor may do the action in the unit, and a
// fleet.Denied error that names the rule otherwise.
func (c *Control) Authorize(a Actor, do Action, in fleet.UnitID) error {
	if !slices.Contains(rights[do], a.User.Role) {
		return fleet.Errorf(fleet.Denied, "%s is not among the rights of %s", do, orNobody(a.User.Role))
	}
	if a.User.UnitID != fleet.Root && a.User.UnitID != in {
		return fleet.Errorf(fleet.Denied, "%s: the object lies outside the unit of %s", do, a.User.Name)
	}
	return nil
}

func orNobody(r fleet.Role) fleet.Role {
	if r == "" {
		return "nobody"
	}
	return r
}
