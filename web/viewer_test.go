package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web"
)

func TestAViewerSeesTheHistoryAndNoButtons(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.seed()
	w.open(web.Options{})
	viewer := w.person("viewer", fleet.ServiceViewer, fleet.Root)
	for _, one := range s.scenes() {
		a := viewer.get(one.path)
		if a.status == http.StatusForbidden || one.name == "account" {
			continue
		}
		forms := strings.Count(a.body, `method="post"`)
		if a.status != http.StatusOK && one.name != "error" || forms != 1 || !a.has(`action="/sign-out"`) {
			t.Errorf("%s: got %d with %d forms", one.path, a.status, forms)
		}
		for _, word := range []string{"CANCEL UPDATE", "CONFIGURATION", "Give an update", ">Import<", "/updates/new"} {
			if a.has(word) {
				t.Errorf("%s offers %s", one.path, word)
			}
		}
	}
	if a := viewer.get("/devices/" + s.gateways[0].ID.String()); !a.has("Last updates", "Custom JetPorch script", "Pending") || a.has("Last events") {
		t.Error("the history is not shown, or the log is")
	}
}

func TestTheLocationIsShownOnRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	b := w.open(web.Options{}).signedIn()
	path := "/devices/" + d.ID.String()
	if a := b.get(path + "?show=location"); !a.has("has published none") {
		t.Error("a location is shown that nobody published")
	}
	w.contact(d, fleet.Value{Kind: fleet.Location, Key: "location", Text: `{"lat":48.1147,"lng":-1.6794,"altitude":54}`, At: w.clock.Now().Add(-12 * time.Minute)})
	if a := b.get(path); a.has("48.11470") || !a.has("Shown when you ask for it.", path+"?show=location") {
		t.Error("the location is shown unasked")
	}
	if a := b.get(path + "?show=location"); !a.has("48.11470° N", "1.67940° W", "54 m", "12 min ago") {
		t.Errorf("got %s", a.body)
	}
}
