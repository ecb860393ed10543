package fleet

// Unit is a node of the organisation tree.
type Unit struct {
	ID       UnitID
	ParentID UnitID // 0 for the root
	Kind     UnitKind
	Name     string
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
