package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web"
)

func TestThePlanSaysWhyADeviceWouldBeRefusedAndGivesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	good, other := w.device("box-1", fleet.AttributeModel, "Wirnet iStation", fleet.AttributeVersion, "6.1"), w.device("box-2", fleet.AttributeModel, "Panel 9")
	r, _ := w.releases()
	w.open(web.Options{})
	b := w.signedIn()
	chosen := url.Values{"release": {r.ID.String()}, "device": {good.Key}, "keys": {" box-2 \r\n\r\nbox-1"}}
	a := b.post("/updates/plan", chosen)
	if a.status != http.StatusOK || !a.has("lorafwd 4.0.2 to 2 devices", "model is Panel 9, the release is for Wirnet iStation", "Give to 1 device", "1 device would be refused") {
		t.Fatalf("got %d: %s", a.status, a.body)
	}
	if list, err := w.Updates(t.Context(), w.admin, control.UpdateFilter{}, control.Page{Limit: 1}); err != nil || len(list) != 0 {
		t.Fatalf("the plan gave an update: %v, %v", list, err)
	}
	once := regexp.MustCompile(`name="once" value="([^"]+)"`).FindStringSubmatch(a.body)[1]
	for range 2 { // the second press of the button gives nothing more
		a = b.post("/updates", url.Values{"release": {r.ID.String()}, "keys": {"box-1\nbox-2"}, "once": {once}})
		if a.status != http.StatusSeeOther || a.header.Get("Location") != "/updates/1" {
			t.Fatalf("got %d to %s", a.status, a.header.Get("Location"))
		}
	}
	if e := w.executionOf(other); e.State != fleet.Refused || e.UpdateID != 1 {
		t.Errorf("on the wrong model: %s of update %d", e.State, e.UpdateID)
	}
	if a = b.get("/updates/1"); !a.has("0 of 2 sent", "CANCEL UPDATE (1 unsent)", "Pending: 1 device", "Refused: 1 device") {
		t.Errorf("got %s", a.body)
	}
}

func TestAWrongChoiceKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.device("box-1")
	r, _ := w.releases()
	w.open(web.Options{})
	b := w.signedIn()
	for _, c := range []struct {
		form url.Values
		want string
	}{
		{url.Values{"keys": {"box-7"}}, "Choose a release."},
		{url.Values{"release": {r.ID.String()}}, "it names no device"},
		{url.Values{"release": {r.ID.String()}, "keys": {"box-7"}, "device": {"box-1"}}, "There is no device box-7"},
	} {
		a := b.post("/updates/plan", c.form)
		if a.status != http.StatusBadRequest || !a.has(c.want) {
			t.Errorf("%v: got %d, without %q", c.form, a.status, c.want)
		}
		if c.form.Has("keys") && !a.has(">box-7</textarea>") || c.form.Has("device") && !a.has(`value="box-1" checked`) {
			t.Errorf("%v: what was typed is gone", c.form)
		}
	}
}

func TestCancelTakesBackWhatIsUnsentAndOnlyThat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sent, unsent := w.device("box-1"), w.device("box-2")
	r := w.release(fleet.Release{Name: "hello", Version: "1"})
	u := w.give(r, sent.Key, unsent.Key)
	e := w.send(sent)
	w.open(web.Options{})
	b := w.signedIn()
	if a := b.post("/executions/"+e.ID.String()+"/cancel", nil); a.status != http.StatusConflict || !a.has("only the device can end it") {
		t.Errorf("cancelling what was sent: got %d", a.status)
	}
	b.post("/updates/"+u.ID.String()+"/cancel", nil)
	if a := b.get("/updates/" + u.ID.String()); !a.has("The update is cancelled on 1 device.", "1 of 2 sent", "Partially sent", "by admin") {
		t.Errorf("got %s", a.body)
	}
	if now := w.executionOf(unsent); now.State != fleet.Cancelled {
		t.Errorf("box-2 is %s", now.State)
	}
}

func TestTheExecutionsOfAnUpdateAreFilteredByTheBar(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.seed()
	w.open(web.Options{})
	b := w.signedIn()
	path := "/updates/" + s.campaign.ID.String()
	for state, want := range map[string]int{"": 11, "?state=succeeded": 7, "?state=failed": 1, "?state=refused": 1, "?state=cancelled": 1, "?state=nonsense": 11} {
		if got := strings.Count(b.get(path+state).body, `<tr id="execution-`); got != want {
			t.Errorf("%s lists %d executions, want %d", state, got, want)
		}
	}
	for group, want := range map[string]int{"failed": 1, "refused": 2, "cancelled": 2, "succeeded": 7} {
		if got := strings.Count(b.get("/executions?state="+group).body, `<tr id="execution-`); got != want {
			t.Errorf("executions %s: %d, want %d", group, got, want)
		}
	}
}

func TestTheStoryShowsAMismatchAndTheConfirmation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.seed()
	w.open(web.Options{})
	b := w.signedIn()
	a := b.get("/executions/" + s.bad.ID.String())
	for _, want := range []string{"Mismatch: the device says “succeeded”, after the execution had ended as failed", "Rolled back.", "0 of 6 ok, interrupted 1 time",
		"58 s, 2 tries", "cannot open /dev/spidev0.0", "lorafwd is failed, not active", "Given by admin", "after 3 min 10 s"} {
		if !a.has(want) {
			t.Errorf("the story has no %q", want)
		}
	}
	if newest, oldest := strings.Index(a.body, "reported by a restarted runtime"), strings.Index(a.body, "Given by admin"); newest > oldest {
		t.Error("the story begins with its oldest line")
	}
	if a = b.get("/executions/" + s.good.ID.String()); !a.has("6 of 6 ok", "18.4 MB in 2 min 22 s, resumed once") || a.has("Mismatch") {
		t.Error("the good story is another")
	}
}

func TestALongStoryIsReadFromItsNewestEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.seed()
	w.open(web.Options{})
	for range 60 {
		w.report(s.bad, "", step{time.Second, fleet.StartInstall, "still here"})
	}
	w.report(s.bad, "", step{time.Second, fleet.Succeed, "the very last word"})
	b, path := w.signedIn(), "/executions/"+s.bad.ID.String()
	a := b.get(path)
	next := regexp.MustCompile(regexp.QuoteMeta(path) + `\?after=[0-9]+`).FindString(a.body)
	if !a.has("the very last word", "Mismatch", "Reported again") || a.has("Given by admin") || next == "" {
		t.Fatalf("got %s", a.body)
	}
	if a = b.get(next); !a.has("Given by admin", "First page") || a.has("the very last word") || a.has("Next page") {
		t.Errorf("got %s", a.body)
	}
}

func TestEveryStateIsInOneGroupOfTheFilter(t *testing.T) {
	t.Parallel()
	got, want := web.GroupedStates(), fleet.States()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
