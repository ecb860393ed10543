package view

import (
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// GroupListPage is the list of groups.
type GroupListPage struct {
	Frame  Frame
	Groups []fleet.Group
	Units  Tree
	Paging Paging
	New    GroupForm
}

// GroupForm is what is typed for a group.
type GroupForm struct {
	Name        string
	Description string
	UnitID      fleet.UnitID
	Units       Tree // where the reader may make a group
	Error       string
}

// GroupPage is one group.
type GroupPage struct {
	Frame    Frame
	Now      time.Time
	Group    fleet.Group
	Unit     string
	Menu     Menu
	Updates  GroupUpdates
	Members  []fleet.Device
	Paging   Paging
	MayWrite bool
	Keys     string // typed, of devices to add
	Error    string
}

// GroupChangePage renames a group.
type GroupChangePage struct {
	Frame Frame
	Group fleet.Group
	Error string
}

// DeleteGroupAsk deletes a group, after a question that names it.
func DeleteGroupAsk(g fleet.Group) Ask {
	return Ask{URL: "/groups/" + g.ID.String() + "/delete", Button: "Delete the group", Title: "Delete the group " + g.Name + "?",
		Explain: "Its " + Count(g.Members, "gateway") + " and their updates stay. What still waits to be sent is sent.",
		Do:      "Delete 1 group", Stop: true}
}

// removeMemberAsk takes a device out of a group, after a question.
func removeMemberAsk(g fleet.Group, d fleet.Device) Ask {
	return Ask{URL: "/groups/" + g.ID.String() + "/members/remove", Button: "Remove", Name: "Remove " + deviceName(d) + " from the group",
		Title:   "Remove " + deviceName(d) + " from " + g.Name + "?",
		Explain: "The gateway stays where it is, and updates that were given to it go on.",
		Do:      "Remove 1 gateway", Stop: true, Tiny: true, Fields: []Field{{"key", d.Key}}}
}

func groupFacts(p GroupPage) string {
	return joined(" · ", Count(p.Group.Members, "gateway"), "in "+p.Unit, "made by "+p.Group.CreatedBy)
}
