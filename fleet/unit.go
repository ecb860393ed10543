package fleet

import (
	"slices"
	"strings"
)

// Unit is a node of the organisation tree. A unit stays where it was made.
type Unit struct {
	ID       UnitID
	ParentID UnitID // 0 for the root
	Kind     UnitKind
	Name     string
	Path     string // ids from the root down: "/1/4/9/"
}

// MaxUnitName bounds a unit's name in bytes.
const MaxUnitName = 100

// Covers tells whether other is the unit or below it.
func (u Unit) Covers(other Unit) bool {
	return u.Path != "" && strings.HasPrefix(other.Path, u.Path)
}

// UnitKind is the level of a unit in the tree.
type UnitKind string

// The kinds of units, from the root down.
const (
	Service  UnitKind = "service"
	Channel  UnitKind = "channel"
	Customer UnitKind = "customer"
	OU       UnitKind = "ou"
)

// unitParents says below which kinds a kind may hang.
var unitParents = map[UnitKind][]UnitKind{
	Channel:  {Service},
	Customer: {Service, Channel},
	OU:       {Customer, OU},
}

// MayHangBelow tells whether a unit of the kind may be made below the parent.
func (k UnitKind) MayHangBelow(parent UnitKind) bool { return slices.Contains(unitParents[k], parent) }
