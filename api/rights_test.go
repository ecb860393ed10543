package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/api"
	"github.com/sluicehq/sluice/fleet"
)

// scope says what a request reaches.
type scope int

const (
	thing scope = iota // something in the place
	both               // something in the place, and something in Outside
	lists              // whatever one may see
	own                // the unit of whoever asks
	root               // the whole service
)

// probe is one request to a route. make makes what it is about, so that one
// request does not change what another finds.
type probe struct {
	scope scope
	want  int // where it is allowed
	make  func(p *place) (path string, body any)
	needs fleet.Action // where it is not that of the route
	first fleet.Action // what one beside is refused before that, by the table too
}

// probes has every route of the table that asks for a right; bulk routes with
// every way to name devices.
var probes = map[string][]probe{
	"GET /can": {{scope: thing, want: 200, needs: fleet.UserRead, make: func(p *place) (string, any) {
		return fmt.Sprintf("/can?user=%s&action=device.read&unit=%d", p.user.Name, p.unit), nil
	}}},

	"GET /units": list("/units?limit=1000"),
	"POST /units": at(201, func(p *place) (string, any) {
		return "/units", object{"parent_id": p.unit, "kind": "ou", "name": p.next()}
	}),
	"GET /units/{unit}":   at(200, func(p *place) (string, any) { return fmt.Sprintf("/units/%d", p.unit), nil }),
	"PATCH /units/{unit}": at(200, func(p *place) (string, any) { return fmt.Sprintf("/units/%d", p.unit), object{"name": p.name} }),

	"GET /users":        list("/users?limit=1000"),
	"GET /users/{user}": at(200, func(p *place) (string, any) { return fmt.Sprintf("/users/%d", p.user.ID), nil }),
	"POST /users": at(201, func(p *place) (string, any) {
		return "/users", object{"name": p.next(), "unit_id": p.unit, "role": fleet.ServiceViewer}
	}),
	"PUT /users/{user}/grants/{unit}": append(
		at(200, func(p *place) (string, any) {
			return fmt.Sprintf("/users/%d/grants/%d", p.newUser().ID, p.unit), object{"role": fleet.ServiceOperator}
		}),
		probe{scope: both, want: 200, make: func(p *place) (string, any) {
			return fmt.Sprintf("/users/%d/grants/%d", p.newUser().ID, p.w.outside.unit), object{"role": fleet.ServiceViewer}
		}}),
	"DELETE /users/{user}/grants/{unit}": at(204, func(p *place) (string, any) {
		return fmt.Sprintf("/users/%d/grants/%d", p.newUser().ID, p.unit), nil
	}),
	"POST /users/{user}/disable":        at(200, func(p *place) (string, any) { return fmt.Sprintf("/users/%d/disable", p.newUser().ID), nil }),
	"POST /users/{user}/enable":         at(200, func(p *place) (string, any) { return fmt.Sprintf("/users/%d/enable", p.newUser().ID), nil }),
	"POST /users/{user}/reset-password": at(200, func(p *place) (string, any) { return fmt.Sprintf("/users/%d/reset-password", p.newUser().ID), nil }),

	"GET /devices":     list("/devices?limit=1000"),
	"GET /devices.csv": list("/devices.csv"),
	"POST /devices/import": {
		{scope: thing, want: 200, make: func(p *place) (string, any) {
			return "/devices/import", fmt.Sprintf("key,unit\n%s,%d\n", p.next(), p.unit)
		}},
		{scope: both, want: 200, make: func(p *place) (string, any) {
			return "/devices/import", fmt.Sprintf("key,unit\n%s,%d\n%s,%d\n", p.next(), p.unit, p.w.outside.next(), p.w.outside.unit)
		}},
		{scope: both, want: 200, make: func(p *place) (string, any) { // takes a device away from Outside
			return "/devices/import", fmt.Sprintf("key,unit\n%s,%d\n", p.w.stray().Key, p.unit)
		}},
	},
	"GET /devices/{device}": onDevice(200, "", nil),
	"PATCH /devices/{device}": append(onDevice(200, "", object{"name": "inside"}),
		probe{scope: both, want: 200, make: func(p *place) (string, any) {
			return "/devices/" + p.newDevice().ID.String(), object{"unit_id": p.w.outside.unit}
		}}),
	"POST /devices/{device}/accept":     onDevice(200, "/accept", nil),
	"POST /devices/{device}/reject":     at(200, func(p *place) (string, any) { return "/devices/" + p.newDevice().ID.String() + "/reject", nil }),
	"DELETE /devices/{device}":          at(204, func(p *place) (string, any) { return "/devices/" + p.newDevice().ID.String(), nil }),
	"GET /devices/{device}/values":      onDevice(200, "/values?kind=attribute", nil),
	"GET /devices/{device}/history":     onDevice(200, "/history?kind=property&key=cpu", nil),
	"GET /devices/{device}/log":         onDevice(200, "/log", nil),
	"GET /devices/{device}/files":       onDevice(200, "/files", nil),
	"POST /devices/{device}/diagnostic": onDevice(200, "/diagnostic", nil),
	"GET /devices/{device}/executions":  onDevice(200, "/executions", nil),
	"GET /devices/{device}/updates":     onDevice(200, "/updates", nil),

	"GET /groups":                 list("/groups?limit=1000"),
	"POST /groups":                at(201, func(p *place) (string, any) { return "/groups", object{"unit_id": p.unit, "name": p.next()} }),
	"GET /groups/{group}":         onGroup(200, "", nil),
	"PUT /groups/{group}":         onGroup(200, "", object{"name": "inside", "description": "d"}),
	"DELETE /groups/{group}":      at(204, func(p *place) (string, any) { return "/groups/" + p.newGroup().ID.String(), nil }),
	"GET /groups/{group}/devices": onGroup(200, "/devices", nil),
	"GET /groups/{group}/updates": onGroup(200, "/updates", nil),
	"POST /groups/{group}/add":    at(200, func(p *place) (string, any) { return members(p, "add") }),
	"POST /groups/{group}/remove": at(200, func(p *place) (string, any) { return members(p, "remove") }),

	"POST /tokens": at(201, func(p *place) (string, any) {
		return "/tokens", object{"kind": "one_time", "unit_id": p.unit, "note": p.name}
	}),
	"GET /tokens": list("/tokens?limit=1000"),

	"POST /files": {{scope: own, want: 201, make: func(p *place) (string, any) { return "/files?name=" + p.next(), "content" }}},
	"GET /files":  list("/files?limit=1000"),
	"DELETE /files/{file}": at(204, func(p *place) (string, any) {
		return "/files/" + p.newPackage().ID.String(), nil
	}),
	"GET /files/{file}/content": at(200, func(p *place) (string, any) {
		return "/files/" + p.file.ID.String() + "/content", nil
	}),

	"POST /releases":          at(201, func(p *place) (string, any) { return "/releases", object{"file_id": p.newPackage().ID} }),
	"GET /releases":           list("/releases?limit=1000"),
	"GET /releases/{release}": at(200, func(p *place) (string, any) { return "/releases/" + p.release.ID.String(), nil }),
	"POST /releases/{release}/predefined": at(200, func(p *place) (string, any) {
		return "/releases/" + p.release.ID.String() + "/predefined", object{"predefined": true}
	}),

	"POST /magic-links": append(
		at(201, func(p *place) (string, any) {
			return "/magic-links", object{"release_id": p.release.ID, "devices": []string{p.device.Key}, "note": p.name}
		}),
		probe{scope: both, want: 201, make: func(p *place) (string, any) {
			return "/magic-links", object{"release_id": p.release.ID, "devices": []string{p.device.Key, p.w.outside.device.Key}}
		}}),
	"GET /magic-links":              list("/magic-links?limit=1000"),
	"GET /magic-links/{magic_link}": at(200, func(p *place) (string, any) { return "/magic-links/" + p.link.ID.String(), nil }),
	"POST /magic-links/{magic_link}/revoke": at(200, func(p *place) (string, any) {
		return "/magic-links/" + p.newLink().ID.String() + "/revoke", nil
	}),

	"POST /updates": {
		give(thing, func(p *place) object { return p.w.inside.sup(object{"devices": []string{p.newDevice().Key}}) }),
		give(thing, func(p *place) object { return p.w.inside.sup(object{"group_id": p.crowd().ID}) }),
		give(thing, func(p *place) object { p.newDevice(); return p.w.inside.sup(object{"unit_id": p.unit}) }),
		give(thing, func(p *place) object {
			return object{"type": "magic_link", "magic_link": p.w.inside.newHash(), "audience": object{"devices": []string{p.newDevice().Key}}}
		}),
		give(thing, func(p *place) object {
			return object{"type": "jetporch", "script": script(p.next()), "audience": object{"devices": []string{p.newDevice().Key}}}
		}),
		give(both, func(p *place) object {
			return p.sup(object{"devices": []string{p.newDevice().Key, p.w.outside.newDevice().Key}})
		}),
		give(both, func(p *place) object { return p.sup(object{"unit_id": p.w.north}) }),
		{scope: both, want: 200, first: fleet.ReleaseRead, make: func(p *place) (string, any) { // a release of another customer
			return "/updates?dry_run=true", p.w.outside.sup(object{"devices": []string{p.newDevice().Key}})
		}},
		give(own, func(p *place) object { p.newDevice(); return p.w.inside.sup(object{"all": true}) }),
		{scope: thing, want: 200, make: func(p *place) (string, any) {
			return "/updates?dry_run=true", p.w.inside.sup(object{"devices": []string{p.newDevice().Key}})
		}},
	},
	"GET /updates":                     list("/updates?limit=1000"),
	"GET /updates/{update}":            at(200, func(p *place) (string, any) { return "/updates/" + p.update.ID.String(), nil }),
	"GET /updates/{update}/executions": at(200, func(p *place) (string, any) { return "/updates/" + p.update.ID.String() + "/executions", nil }),
	"POST /updates/{update}/apply": {{scope: thing, want: 201, first: fleet.UpdateRead, make: func(p *place) (string, any) {
		return "/updates/" + p.newCheck().ID.String() + "/apply", nil
	}}},
	"POST /updates/{update}/cancel": {{scope: thing, want: 200, first: fleet.UpdateRead, make: func(p *place) (string, any) {
		return "/updates/" + p.newUpdate().ID.String() + "/cancel", nil
	}}},
	"GET /executions":             list("/executions?limit=1000"),
	"GET /executions/{execution}": at(200, func(p *place) (string, any) { return "/executions/" + p.newExecution().String(), nil }),
	"GET /executions/{execution}/events": at(200, func(p *place) (string, any) {
		return "/executions/" + p.newExecution().String() + "/events", nil
	}),
	"POST /executions/{execution}/cancel": at(200, func(p *place) (string, any) {
		return "/executions/" + p.newExecution().String() + "/cancel", nil
	}),

	"GET /audit":              list("/audit?limit=1000"),
	"GET /audit/verification": {{scope: root, want: 200, make: func(*place) (string, any) { return "/audit/verification", nil }}},
}

func at(want int, request func(p *place) (string, any)) []probe {
	return []probe{{scope: thing, want: want, make: request}}
}

func list(path string) []probe {
	return []probe{{scope: lists, want: 200, make: func(*place) (string, any) { return path, nil }}}
}

func onDevice(want int, rest string, body any) []probe {
	return at(want, func(p *place) (string, any) { return "/devices/" + p.device.ID.String() + rest, body })
}

func onGroup(want int, rest string, body any) []probe {
	return at(want, func(p *place) (string, any) { return "/groups/" + p.group.ID.String() + rest, body })
}

func members(p *place, verb string) (string, any) {
	return "/groups/" + p.newGroup().ID.String() + "/" + verb, object{"devices": []string{p.device.Key}}
}

// script is a playbook that does nothing.
func script(name string) string {
	return "- name: " + name + "\n  groups: [all]\n  tasks:\n    - !echo\n      msg: hello\n"
}

func give(s scope, command func(p *place) object) probe {
	return probe{scope: s, want: 201, make: func(p *place) (string, any) { return "/updates", command(p) }}
}

// TestEveryRouteObeysTheTableOfRights walks every route with every role: held
// in the unit of the thing, in a unit beside it, and above it. What is
// expected is read from fleet.Rights.
func TestEveryRouteObeysTheTableOfRights(t *testing.T) {
	w := newRightsWorld(t)
	type holder struct{ inside, above, everywhere string }
	holders := map[fleet.Role]holder{}
	for _, role := range fleet.Roles {
		holders[role] = holder{w.User("in-"+string(role), role, w.inside.unit), w.User("above-"+string(role), role, w.north),
			w.User("all-"+string(role), role, fleet.Root)}
	}
	requests := 0
	for _, row := range api.Rows() {
		if !strings.Contains(row.Needs, ".") && probes[row.Name] == nil {
			continue // for everybody, or for whoever is signed in
		}
		if probes[row.Name] == nil {
			t.Errorf("%s has no probe", row.Name)
		}
		for i, p := range probes[row.Name] {
			needs := p.needs
			if needs == "" {
				needs = fleet.Action(row.Needs)
			}
			right, _ := fleet.RightOf(needs)
			for _, role := range fleet.Roles {
				may := slices.Contains(right.Roles, role)
				ask := func(where, token string, about *place, allowed bool) answer {
					requests++
					path, body := p.make(about)
					a := w.send(row.Method, path, body, "Authorization", "Bearer "+token)
					a.what = fmt.Sprintf("%s, way %d, as %s %s", row.Name, i+1, role, where)
					if first, ok := fleet.RightOf(p.first); ok && may {
						a.decided(allowed, p.want, first.Rule)
					} else {
						a.decided(allowed, p.want, right.Rule)
					}
					return a
				}
				h := holders[role]
				switch p.scope {
				case thing:
					ask("in its unit", h.inside, w.inside, may)
					ask("in the unit beside", h.inside, w.outside, false)
					ask("above", h.above, w.inside, may)
				case both:
					ask("in one of the units", h.inside, w.inside, false)
					ask("above both", h.above, w.inside, may)
				case own:
					ask("in its unit", h.inside, w.inside, may)
				case root:
					ask("below", h.above, w.inside, false)
					ask("at the root", h.everywhere, w.inside, may)
				case lists:
					ask("in its unit", h.inside, w.inside, may).shows(may, "inside", "outside")
					ask("above", h.above, w.inside, may).shows(may, "outside", "")
				}
			}
		}
	}
	for name := range probes {
		if !slices.ContainsFunc(api.Rows(), func(r api.Row) bool { return r.Name == name }) {
			t.Errorf("%s is no route", name)
		}
	}
	t.Logf("%d requests", requests)
}

// decided checks an answer against what the table says.
func (a answer) decided(allowed bool, status int, rule string) {
	a.t.Helper()
	if allowed {
		if a.status != status {
			a.t.Errorf("%s: got %d %.300s, want %d", a.what, a.status, a.body, status)
		}
		return
	}
	a.problem(403, "denied", rule)
}

// shows checks what a list has and has not.
func (a answer) shows(allowed bool, has, hasNot string) {
	a.t.Helper()
	if !allowed {
		return
	}
	text := strings.ToLower(string(a.body))
	if !strings.Contains(text, has) {
		a.t.Errorf("%s: it does not show what is %s", a.what, has)
	}
	if i := strings.Index(text, hasNot); hasNot != "" && i >= 0 {
		a.t.Errorf("%s: it shows what is %s: …%.200s", a.what, hasNot, text[max(0, i-80):])
	}
}
