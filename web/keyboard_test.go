package web_test

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/chromium"
	"github.com/sluicehq/sluice/web"
)

// ringed tells whether one sees where the focus is: on the element itself, or
// on what surrounds it.
const ringed = `[document.activeElement, document.activeElement.closest(".choice"), document.activeElement.closest(".code")].some((e) => e && getComputedStyle(e).outlineStyle !== "none")`

// tabTo presses Tab until the focus is on what the selector names, and wants
// to see the focus at every stop.
func (w *world) tabTo(ctx context.Context, selector string) {
	w.t.Helper()
	for range 60 {
		var there, seen bool
		w.must(chromium.Do(ctx, chromedp.KeyEvent(kb.Tab), eval(`document.activeElement.matches(`+"`"+selector+"`"+`)`, &there), eval(ringed, &seen)))
		if !seen {
			var where string
			w.must(chromium.Do(ctx, eval(`document.activeElement.outerHTML.slice(0, 120)`, &where)))
			w.t.Errorf("the focus is not seen on %s", where)
		}
		if there {
			return
		}
	}
	w.t.Fatalf("Tab does not lead to %s", selector)
}

// TestAScriptIsCheckedAndAppliedByTheKeyboardAlone goes the way of a careful
// operator without a mouse: menu, option, script, check, dialog, apply, story.
func TestAScriptIsCheckedAndAppliedByTheKeyboardAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.checker("box-1", "")
	g := w.group(fleet.Unit{}, "iStation", d)
	w.open(web.Options{})
	ctx := chromium.Open(t)
	w.enter(ctx)
	run := func(actions ...chromedp.Action) {
		t.Helper()
		w.must(chromium.Do(ctx, actions...))
	}
	focus := func(want string) chromedp.Action { return wait("document.activeElement.matches(`" + want + "`)") }

	run(chromedp.Navigate(w.url+"/groups/"+g.ID.String()), chromedp.WaitReady("#configuration"))
	w.tabTo(ctx, "#configuration summary")
	run(chromedp.KeyEvent(kb.Enter), wait(`document.querySelector("#configuration").open`), chromedp.KeyEvent(kb.ArrowDown), focus(`[href$="/update"]`),
		chromedp.KeyEvent(kb.Escape), focus("#configuration summary"), chromedp.KeyEvent(kb.ArrowDown), focus(`[href$="/update"]`),
		chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("form.software"))
	w.tabTo(ctx, "[name=type]")
	run(chromedp.KeyEvent(kb.ArrowRight), focus("#type-jetporch:checked"))
	w.tabTo(ctx, "#script")
	run(chromedp.SendKeys("#script", doubtfulScript), wait(`document.querySelector("#lint-summary").textContent === "1 warning"`))
	w.tabTo(ctx, "[name=check]")
	run(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("dialog[open]"), focus("dialog [value=no]"),
		chromedp.KeyEvent(kb.Escape), wait(`!document.querySelector("dialog").open`), focus("[name=check]"), // it gives the focus back
		chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("dialog[open]"))
	w.tabTo(ctx, "dialog [value=yes]")
	run(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("#update-executions"))

	e := w.answerCheck(d)
	run(chromedp.WaitVisible("#update-head .go"))
	w.tabTo(ctx, "#update-head .go")
	run(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("dialog[open]"), chromedp.KeyEvent(kb.Escape), focus("#update-head .go"),
		chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("dialog[open]"))
	w.tabTo(ctx, "dialog [value=yes]")
	run(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(`#update-head a[href="/updates/1"]`))
	w.tabTo(ctx, `#update-head a[href="/updates/1"]`)
	run(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(`.applied a[href="/updates/2"]`))
	w.tabTo(ctx, `[href="/executions/`+e.ID.String()+`"]`)
	run(chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(".diff"))
	w.tabTo(ctx, ".diff") // a long difference is scrolled by the arrows
}

func TestNothingMovesForWhoeverAskedForIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t).open(web.Options{})
	ctx := chromium.Open(t)
	w.enter(ctx)
	moves := func(preference string) (moving int) {
		w.must(chromium.Do(ctx, emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: preference}}),
			eval(`[...document.querySelectorAll("*")].filter((e) => getComputedStyle(e).transitionDuration !== "0s" || getComputedStyle(e).animationName !== "none").length`, &moving)))
		return moving
	}
	if n := moves("reduce"); n != 0 {
		t.Errorf("%d elements move all the same", n)
	}
	if moves("no-preference") == 0 {
		t.Error("nothing moves at all: the test sees nothing")
	}
}

// TestACheckIsAppliedWithoutScripts goes the same way by plain forms.
func TestACheckIsAppliedWithoutScripts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.checker("box-1", "")
	g := w.group(fleet.Unit{}, "iStation", d)
	b := w.open(web.Options{}).signedIn()
	hidden := regexp.MustCompile(`type="hidden" name="([^"]+)" value="([^"]*)"`)
	answerTo := func(a answer) url.Values {
		t.Helper()
		_, question, ok := strings.Cut(a.body, `id="answer"`)
		if !ok || a.status != 200 {
			t.Fatalf("no question: %d %s", a.status, a.body)
		}
		question, _, _ = strings.Cut(question, "</form>")
		form := url.Values{}
		for _, field := range hidden.FindAllStringSubmatch(question, -1) {
			form.Set(field[1], strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&gt;", ">", "&amp;", "&").Replace(field[2]))
		}
		return form
	}
	page := "/groups/" + g.ID.String() + "/update"
	a := b.post(page, answerTo(b.post(page+"/plan", form("jetporch", "script", goodScript, "check", "1"))))
	if a.status != 303 || a.header.Get("Location") != "/updates/1" {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	w.answerCheck(d)
	if a = b.get("/updates/1"); !a.has("Apply to", `action="/updates/1/apply/plan"`) || a.has("Applied by") {
		t.Errorf("the check: %s", a.body)
	}
	a = b.post("/updates/1/apply", answerTo(b.post("/updates/1/apply/plan", nil)))
	if a.status != 303 || a.header.Get("Location") != "/updates/2" {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	if a = b.get("/updates/1"); !a.has("Applied by", `<a href="/updates/2">update #2</a>`, "to 1 gateway", "Apply again to") {
		t.Errorf("the check does not name what applied it: %s", a.body)
	}
	if u, err := w.Update(t.Context(), w.admin, 2); err != nil || u.CheckID != 1 || u.Content != goodScript {
		t.Errorf("got %+v, %v", u, err)
	}
}

func TestCheckFirstIsGreyWithTheReasonWhereNothingCanBeChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	g := w.group(fleet.Unit{}, "iStation", d)
	b := w.open(web.Options{}).signedIn()
	grey := regexp.MustCompile(`<button class="button first" type="button"[^>]* disabled`)
	for url, why := range map[string]string{"/devices/" + d.ID.String(): "It cannot be checked first: this device cannot check a script without applying it.",
		"/groups/" + g.ID.String(): "It cannot be checked first: no gateway of the group can check a script without applying it."} {
		if a := b.get(url + "/update"); !a.has(why) || !grey.MatchString(a.body) || a.has(`name="check"`) {
			t.Errorf("%s: %s", url, a.body)
		}
	}
	can := w.checker("box-2", "")
	_, err := w.AddMembers(t.Context(), w.admin, g.ID, []string{can.Key})
	w.must(err)
	for _, url := range []string{"/devices/" + can.ID.String(), "/groups/" + g.ID.String()} {
		if a := b.get(url + "/update"); a.has("cannot be checked first") || !a.has(`name="check"`) {
			t.Errorf("%s: %s", url, a.body)
		}
	}
}

func TestAThingNamesTheGatewayThatItSpeaksThrough(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rennes, lyon := w.organisation()
	gateway := w.device("box-1", fleet.AttributeName, "Harbour 1")
	thing, err := w.Bind(t.Context(), gateway, "meter-17", "Water meter 17")
	w.must(err)
	_, err = w.PlaceDevice(t.Context(), w.admin, thing.ID, rennes.ID, "")
	w.must(err)
	b := w.open(web.Options{}).signedIn()
	if a := b.get("/devices/" + thing.ID.String()); !a.has(`speaks through <a href="/devices/`+gateway.ID.String()+`">Harbour 1</a>`) || a.has("Devices behind it") {
		t.Errorf("the thing: %s", a.body)
	}
	if a := b.get("/devices/" + gateway.ID.String()); !a.has("Devices behind it", `<a class="name" href="/devices/`+thing.ID.String()+`">Water meter 17</a>`) || a.has("speaks through") {
		t.Errorf("the gateway: %s", a.body)
	}
	_, err = w.PlaceDevice(t.Context(), w.admin, gateway.ID, lyon.ID, "")
	w.must(err)
	reader := w.person("reader", fleet.ServiceViewer, rennes.ID) // of the thing's unit only
	if a := reader.get("/devices/" + thing.ID.String()); a.status != 200 || !a.has("speaks through a gateway of another unit") || a.has("Harbour 1") {
		t.Errorf("a reader of the other unit: %d %s", a.status, a.body)
	}
}

func TestMachinesOfOneNameAreAskedAboutByTheirKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	g := w.group(fleet.Unit{}, "iStation", w.checker("box-1", "gateway"), w.checker("box-2", "gateway"), w.checker("box-3", "Harbour"))
	b := w.open(web.Options{}).signedIn()
	if a := b.post("/groups/"+g.ID.String()+"/update/plan", form("jetporch", "script", goodScript)); !a.has("to box-1, box-2, Harbour.") {
		t.Errorf("got %s", a.body)
	}
	if list, err := w.Updates(t.Context(), w.admin, control.UpdateFilter{}, control.Page{Limit: 1}); err != nil || len(list) != 0 {
		t.Errorf("the question gave an update: %v, %v", list, err)
	}
}
