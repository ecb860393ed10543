package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web/view"
)

// readGroup reads the group of the path.
func (web *Web) readGroup(v *visit) (fleet.Group, error) {
	id, err := v.id("group")
	if err != nil {
		return fleet.Group{}, err
	}
	return web.control.Group(v.r.Context(), v.actor, fleet.GroupID(id))
}

func (web *Web) group(v *visit) error {
	g, err := web.readGroup(v)
	if err != nil {
		return err
	}
	return web.showGroup(v, http.StatusOK, g, "", "")
}

func (web *Web) showGroup(v *visit, status int, g fleet.Group, keys, wrong string) error {
	unit, err := web.control.Unit(v.r.Context(), v.actor, g.UnitID)
	if err != nil {
		return err
	}
	p := view.GroupPage{Now: v.now, Group: g, Unit: unit.Name, Keys: keys, Error: wrong,
		Frame: v.frame(g.Name, "/groups", "/events?about=updates", view.Crumb{Word: "Groups", URL: "/groups"})}
	if p.Updates, p.Menu.Waiting, err = web.groupUpdates(v, g); err != nil {
		return err
	}
	members, err := web.control.Devices(v.r.Context(), v.actor, control.DeviceFilter{GroupID: g.ID}, v.part())
	if err != nil {
		return err
	}
	p.Members, p.Paging = cut(v, members, func(d fleet.Device) int64 { return int64(d.ID) })
	url := "/groups/" + g.ID.String()
	if web.mayIn(v, fleet.UpdateWrite, g.UnitID)[g.UnitID] {
		p.Menu.Links = append(p.Menu.Links, view.Crumb{Word: "Software update", URL: url + "/update"})
	}
	if p.MayWrite = web.mayIn(v, fleet.GroupWrite, g.UnitID)[g.UnitID]; p.MayWrite {
		p.Menu.Links = append(p.Menu.Links, view.Crumb{Word: "Name and description", URL: url + "/change"})
		p.Menu.Ask = new(view.DeleteGroupAsk(g))
	}
	return v.show(status, view.Group(p))
}

func (web *Web) groupForm(v *visit) error {
	g, err := web.readGroup(v)
	if err == nil {
		err = web.control.Authorize(v.r.Context(), v.actor, fleet.GroupWrite, g.UnitID)
	}
	if err != nil {
		return err
	}
	return web.showGroupForm(v, http.StatusOK, g.Name, g, "")
}

func (web *Web) showGroupForm(v *visit, status int, name string, g fleet.Group, wrong string) error {
	return v.show(status, view.GroupChange(view.GroupChangePage{Group: g, Error: wrong,
		Frame: v.frame("Change", "/groups", "", view.Crumb{Word: "Groups", URL: "/groups"}, view.Crumb{Word: name, URL: "/groups/" + g.ID.String()})}))
}

func (web *Web) changeGroup(v *visit) error {
	g, err := web.readGroup(v)
	if err != nil {
		return err
	}
	old := g.Name
	g.Name, g.Description = v.r.PostFormValue("name"), v.r.PostFormValue("description")
	changed, err := web.control.SetGroup(v.r.Context(), v.actor, g.ID, g.Name, g.Description)
	if mended(err) {
		return web.showGroupForm(v, statuses[fleet.CodeOf(err)], old, g, sentence(err))
	}
	if err != nil {
		return err
	}
	return v.leave("/groups/"+g.ID.String(), "The group is "+changed.Name+" now.")
}

func (web *Web) deleteGroup(v *visit) error {
	g, err := web.readGroup(v)
	if err != nil {
		return err
	}
	if err := web.control.DeleteGroup(v.r.Context(), v.actor, g.ID); err != nil {
		return err
	}
	return v.leave("/groups", "The group "+g.Name+" is deleted.")
}

func (web *Web) addMembers(v *visit) error {
	g, err := web.readGroup(v)
	if err != nil {
		return err
	}
	typed := v.r.PostFormValue("keys")
	keys := keyLines(typed)
	if _, err := web.control.AddMembers(v.r.Context(), v.actor, g.ID, keys); mended(err) {
		return web.showGroup(v, statuses[fleet.CodeOf(err)], g, typed, sentence(err))
	} else if err != nil {
		return err
	}
	return v.leave("/groups/"+g.ID.String(), view.Count(len(keys), "gateway")+" in the group "+g.Name+" now.")
}

func (web *Web) removeMember(v *visit) error {
	g, err := web.readGroup(v)
	if err != nil {
		return err
	}
	key := v.r.PostFormValue("key")
	if _, err := web.control.RemoveMembers(v.r.Context(), v.actor, g.ID, []string{key}); err != nil {
		return err
	}
	return v.leave("/groups/"+g.ID.String(), key+" is not in the group "+g.Name+" any more.")
}

// keyLines are the keys in a text, one on each line, each once.
func keyLines(text string) []string {
	var keys []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			keys = append(keys, line)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
