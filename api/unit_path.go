package api

import (
	"context"
	"strconv"
	"strings"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// unitPaths are the units that a caller reads, by their names from the top
// down as a person writes them: "North/Acme/Lab". The root, which is above
// everything, is left out of the names of others. Where a caller does not read
// the units above one, its path begins with its own name.
type unitPaths struct {
	path map[fleet.UnitID]string
	unit map[string]fleet.UnitID // 0 where several units have the path
}

func (a *API) unitPaths(ctx context.Context) (*unitPaths, error) {
	p := &unitPaths{path: map[fleet.UnitID]string{}, unit: map[string]fleet.UnitID{}}
	for page := (control.Page{Limit: maxPage}); ; {
		units, err := a.control.Units(ctx, actorOf(ctx), page)
		if err != nil {
			return nil, err
		}
		for _, u := range units {
			p.add(u)
		}
		if len(units) < page.Limit {
			return p, nil
		}
		page.After = int64(units[len(units)-1].ID)
	}
}

// add takes parents before their children.
func (p *unitPaths) add(u fleet.Unit) {
	path := u.Name
	if above, ok := p.path[u.ParentID]; ok && u.ParentID != fleet.Root {
		path = above + "/" + u.Name
	}
	p.path[u.ID] = path
	if _, twice := p.unit[path]; twice {
		p.unit[path] = 0
		return
	}
	p.unit[path] = u.ID
}

// write names the unit so that find finds it: by its path, or by its id where
// the path does not do.
func (p *unitPaths) write(id fleet.UnitID) string {
	if path, ok := p.path[id]; ok {
		if found, err := p.find(path); err == nil && found == id {
			return path
		}
	}
	return id.String()
}

// find reads an id or a path; "" is no unit.
func (p *unitPaths) find(text string) (fleet.UnitID, error) {
	if text == "" {
		return 0, nil
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
		return fleet.UnitID(n), nil
	}
	id, known := p.unit[strings.Trim(text, "/")]
	switch {
	case !known:
		return 0, fleet.Errorf(fleet.Invalid, "there is no unit %q; give its id, or its names from the top down with slashes between", text)
	case id == 0:
		return 0, fleet.Errorf(fleet.Invalid, "several units are %q; give the id", text)
	}
	return id, nil
}
