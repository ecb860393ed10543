package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web"
)

// organisation is a tree with two customers, and a fleet in the first.
func (w *world) organisation() (rennes, lyon fleet.Unit) {
	w.t.Helper()
	channel, err := w.CreateUnit(w.t.Context(), w.admin, fleet.Root, fleet.Channel, "West")
	w.must(err)
	rennes, err = w.CreateUnit(w.t.Context(), w.admin, channel.ID, fleet.Customer, "Rennes")
	w.must(err)
	lyon, err = w.CreateUnit(w.t.Context(), w.admin, channel.ID, fleet.Customer, "Lyon")
	w.must(err)
	return rennes, lyon
}

// TestEveryPageForEveryRoleInsideAndOutsideTheUnit walks the page table: who
// holds no role that the table of rights names is answered 403 with the rule.
func TestEveryPageForEveryRoleInsideAndOutsideTheUnit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.seed()
	rennes, lyon := s.rennes, s.lyon
	for _, d := range append(s.gateways[:0:0], s.gateways...) {
		_, err := w.PlaceDevice(t.Context(), w.admin, d.ID, rennes.ID, "")
		w.must(err)
	}
	g := w.group(rennes, "Group", s.gateways[:3]...)
	w.open(web.Options{})
	ids := map[string]string{"devices": s.gateways[0].ID.String(), "groups": g.ID.String(), "executions": s.good.ID.String(), "updates": s.campaign.ID.String(),
		"releases": "1", "magic-links": "1", "units": rennes.ID.String(), "users": "1"}
	for _, role := range fleet.Roles {
		inside, outside := w.person("inside-"+string(role), role, rennes.ID), w.person("outside-"+string(role), role, lyon.ID)
		for _, row := range web.Rows() {
			if row.Action == "" || row.Action == web.Oneself || row.Path == "/events" {
				continue
			}
			name := string(role) + " " + row.Method + " " + row.Path
			path := strings.ReplaceAll(row.Path, "{$}", "")
			path = strings.ReplaceAll(path, "{id}", ids[strings.Split(strings.Trim(path, "/"), "/")[0]])
			allowed := fleet.Decide("x", []fleet.Grant{{Unit: rennes, Role: role}}, row.Action, rennes).Allowed
			if row.Method == http.MethodGet || !allowed { // what is allowed and changes something is tested where it is done
				a := inside.do(row.Method, path, nil, "Sec-Fetch-Site", "same-origin")
				switch {
				case !allowed && (a.status != http.StatusForbidden || !a.has("may not "+string(row.Action))):
					t.Errorf("%s, inside: got %d", name, a.status)
				case allowed && a.status == http.StatusForbidden && !strings.Contains("/users/{id} /magic-links/{id} /updates/{id}", row.Path):
					t.Errorf("%s, inside: refused", name)
				case a.status >= 500:
					t.Errorf("%s, inside: got %d %s", name, a.status, w.log)
				}
			}
			if strings.Contains(row.Path, "{id}") && !strings.Contains(row.Path, "releases") && !strings.Contains(row.Path, "magic-links") {
				a := outside.do(row.Method, path, nil, "Sec-Fetch-Site", "same-origin")
				if a.status != http.StatusForbidden {
					t.Errorf("%s, outside: got %d", name, a.status)
				}
			}
		}
	}
	if e := w.executionOf(s.gateways[8]); e.State != fleet.Pending {
		t.Errorf("an execution was %s by somebody without a right", e.State)
	}
}

func TestTheNavigationShowsOnlyWhatTheReaderMayOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t).open(web.Options{})
	for role, want := range map[fleet.Role][]string{
		fleet.ServiceViewer:         {"Devices", "Groups", "Updates", "Executions", "Releases", "Units", "Rights", "Account"},
		fleet.CustomerAdministrator: {"Devices", "Groups", "Updates", "Executions", "Releases", "Units", "Users", "Rights", "Audit", "Account"},
		fleet.ChannelAdministrator:  {"Devices", "Groups", "Updates", "Executions", "Releases", "Magic Links", "Units", "Users", "Rights", "Audit", "Account"},
	} {
		page := w.person(string(role), role, fleet.Root).get("/devices").body
		nav := page[strings.Index(page, `aria-label="Main"`):strings.Index(page, "</nav>")]
		if n := strings.Count(nav, "<li>"); n != len(want) {
			t.Errorf("%s sees %d entries, want %d", role, n, len(want))
		}
		for _, word := range want {
			if !strings.Contains(nav, word) {
				t.Errorf("%s does not see %s", role, word)
			}
		}
	}
}
