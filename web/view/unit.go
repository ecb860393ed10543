package view

import (
	"slices"
	"strings"

	"github.com/sluicehq/sluice/fleet"
)

// Tree is units in the order of the tree: parents before children, children
// below their parent.
type Tree []Branch

// Branch is a unit at its depth.
type Branch struct {
	Unit  fleet.Unit
	Depth int
}

// NewTree orders units of which parents come before children. A unit whose
// parent is not among them stands at the top.
func NewTree(units []fleet.Unit) Tree {
	known, children := map[fleet.UnitID]bool{}, map[fleet.UnitID][]fleet.Unit{}
	for _, u := range units {
		known[u.ID] = true
	}
	for _, u := range units {
		parent := u.ParentID
		if !known[parent] {
			parent = 0
		}
		children[parent] = append(children[parent], u)
	}
	var tree Tree
	var walk func(parent fleet.UnitID, depth int)
	walk = func(parent fleet.UnitID, depth int) {
		slices.SortStableFunc(children[parent], func(a, b fleet.Unit) int { return strings.Compare(a.Name, b.Name) })
		for _, u := range children[parent] {
			tree = append(tree, Branch{u, depth})
			walk(u.ID, depth+1)
		}
	}
	walk(0, 0)
	return tree
}

// Unit is the unit of the id; the zero Unit where the tree has none.
func (t Tree) Unit(id fleet.UnitID) fleet.Unit {
	for _, b := range t {
		if b.Unit.ID == id {
			return b.Unit
		}
	}
	return fleet.Unit{}
}

// Path is the way to a unit in words, without the root: "North / Rennes".
func (t Tree) Path(id fleet.UnitID) string {
	var words []string
	for u := t.Unit(id); u.ID != 0; u = t.Unit(u.ParentID) {
		if u.ParentID != 0 || len(words) == 0 {
			words = append(words, u.Name)
		}
	}
	slices.Reverse(words)
	if words == nil {
		return "unit " + id.String()
	}
	return strings.Join(words, " / ")
}

// Where keeps the units that ok holds for.
func (t Tree) Where(ok func(fleet.Unit) bool) Tree {
	return slices.DeleteFunc(slices.Clone(t), func(b Branch) bool { return !ok(b.Unit) })
}

// unitKinds are the kinds that a form offers.
var unitKinds = []fleet.UnitKind{fleet.Channel, fleet.Customer, fleet.OU}
