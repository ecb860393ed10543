package web_test

import (
	_ "embed"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/chromium"
	"github.com/sluicehq/sluice/web"
)

//go:embed testdata/audit.js
var auditScript string

// eval answers what the script says in the page.
func eval[T any](script string, out *T) chromedp.Action { return chromedp.Evaluate(script, out) }

// wait polls the page, not the clock, until the script is true.
func wait(script string) chromedp.Action {
	return chromedp.Poll(script, nil, chromedp.WithPollingInterval(20*time.Millisecond), chromedp.WithPollingTimeout(20*time.Second))
}

func TestAPageFollowsTheFleetWithoutAReload(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.release(fleet.Release{Name: "hello", Version: "1"})
	w.open(web.Options{})
	ctx := chromium.Open(t)
	w.enter(ctx)
	run := func(actions ...chromedp.Action) {
		t.Helper()
		w.must(chromium.Do(ctx, actions...))
	}
	var focus, typed string
	run(wait(`document.querySelector("#devices .empty") !== null`), eval("window.sameDocument = true; 'x'", &focus),
		chromedp.SendKeys("#q", "box"))
	d := w.device("box-1")
	run(wait(`document.querySelector("#devices tbody tr .name")?.textContent === "box-1"`),
		eval(`document.activeElement.id + (window.sameDocument ? " same" : " reloaded")`, &focus), chromedp.Value("#q", &typed))
	if focus != "q same" || typed != "box" {
		t.Errorf("after the refresh: focus on %q, %q typed", focus, typed)
	}
	run(wait(`document.querySelector("#device-summary").textContent.includes("1 device: 1 accepted.")`))

	w.give(r, d.Key)
	e := w.executionOf(d)
	run(chromedp.Navigate(w.url+"/executions"), chromedp.Click("#execution-"+e.ID.String()+` a[aria-label^="Story"]`), chromedp.WaitVisible("#story"),
		wait(`document.querySelector("#execution-head .badge").textContent.includes("Pending")`), eval("window.sameDocument = true; 'x'", &focus))
	w.send(d)
	w.report(e, confirmed, step{time.Second, fleet.StartInstall, "6 actions"}, step{time.Second, fleet.Succeed, "done"})
	run(wait(`document.querySelector("#execution-head .badge").textContent.includes("Succeeded")`),
		wait(`document.querySelectorAll("#actions tbody tr").length === 6`), eval(`window.sameDocument ? "same" : "reloaded"`, &focus))
	if focus != "same" {
		t.Error("the execution's page was reloaded")
	}
}

func TestOpenDetailsStayOpenWhileTheListChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device("box-1")
	r := w.release(fleet.Release{Name: "hello", Version: "1"})
	w.give(r, d.Key)
	e := w.send(d)
	w.report(e, confirmed, step{time.Second, fleet.StartInstall, ""})
	w.open(web.Options{})
	ctx := chromium.Open(t)
	w.enter(ctx)
	var open bool
	w.must(chromium.Do(ctx, chromedp.Navigate(w.url+"/executions/"+e.ID.String()), chromedp.Click("#output-3 summary"), wait(`document.querySelector("#output-3").open`)))
	w.report(e, confirmed, step{time.Second, fleet.Succeed, "done"})
	w.must(chromium.Do(ctx, wait(`document.querySelector("#execution-head .badge").textContent.includes("Succeeded")`), eval(`document.querySelector("#output-3").open`, &open)))
	if !open {
		t.Error("the output was closed by the refresh")
	}
}

func TestAFilterNarrowsThePageInPlaceAndTheSearchKeepsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.device("box-1")
	w.waiting("box-2")
	w.open(web.Options{})
	ctx := chromium.Open(t)
	w.enter(ctx)
	var where string
	w.must(chromium.Do(ctx, eval("window.sameDocument = true; 'x'", &where), chromedp.Click(`a[data-filter][href*="pending"]`),
		wait(`document.querySelectorAll("#devices tbody tr").length === 1 && location.search === "?state=pending"`),
		wait(`document.querySelector("#device-filters [aria-current]").textContent.includes("Pending")`),
		chromedp.Click(`a[data-filter][href*="accepted"]`), wait(`document.querySelector("#device-search input").value === "accepted"`),
		eval(`window.sameDocument ? "same" : "reloaded"`, &where)))
	if where != "same" {
		t.Error("the filter loaded another page")
	}
	w.must(chromium.Do(ctx, chromedp.NavigateBack(), wait(`document.querySelector("#device-search input").value === "pending"`),
		chromedp.SendKeys("#q", "box\r"), chromedp.WaitVisible(`#q[value="box"]`), eval("location.search", &where)))
	if where != "?q=box&state=pending" {
		t.Errorf("the search leads to %s", where)
	}
}

func TestADialogNamesTheDeviceAndEscapeLeavesItAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.waiting("box-1")
	w.open(web.Options{})
	ctx := chromium.Open(t)
	w.enter(ctx)
	button := "#device-" + d.ID.String() + ` [aria-label="Accept box-1"]`
	var title, focused string
	w.must(chromium.Do(ctx, chromedp.Click(button), chromedp.WaitVisible("dialog[open]"), chromedp.Text("#confirm-title", &title),
		eval(`document.activeElement.value`, &focused), chromedp.KeyEvent(kb.Escape), wait(`!document.querySelector("dialog").open`)))
	if title != "Accept box-1?" || focused != "no" {
		t.Errorf("the dialog asks %q with the focus on %q", title, focused)
	}
	var label string
	w.must(chromium.Do(ctx, eval(`document.activeElement.getAttribute("aria-label")`, &label)))
	if label != "Accept box-1" {
		t.Errorf("after Escape the focus is on %q", label)
	}
	if now, err := w.Device(t.Context(), w.admin, d.ID); err != nil || now.State != fleet.DevicePending {
		t.Fatalf("after Escape the device is %s, %v", now.State, err)
	}
	w.must(chromium.Do(ctx, chromedp.Click(button), chromedp.WaitVisible("dialog[open]"), chromedp.Click("dialog [value=yes]"),
		chromedp.Text(".note", &title, chromedp.NodeVisible)))
	if !strings.Contains(title, "box-1 is accepted.") {
		t.Errorf("the note says %q", title)
	}
	if now, err := w.Device(t.Context(), w.admin, d.ID); err != nil || now.State != fleet.DeviceAccepted {
		t.Errorf("after the answer the device is %s, %v", now.State, err)
	}
}

func TestEveryPageIsUsableByEveryoneAtEverySize(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.seed()
	w.seedChecks(&s)
	w.open(web.Options{})
	ctx := chromium.Open(t)
	var mu sync.Mutex
	var complaints []string
	chromedp.ListenTarget(ctx, func(event any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			complaints = append(complaints, e.ExceptionDetails.Error())
		case *log.EventEntryAdded:
			refused := strings.HasSuffix(e.Entry.URL, "/devices/999") || strings.HasSuffix(e.Entry.URL, "/releases") // pages that are answered with 404, 400 and 409
			if e.Entry.Level == log.LevelError && !(refused && e.Entry.Source == log.SourceNetwork) {
				complaints = append(complaints, e.Entry.Text+" "+e.Entry.URL)
			}
		}
	})
	audit := func(name string) {
		for _, form := range []struct {
			width int64
			dark  bool
		}{{1440, false}, {1440, true}, {360, false}, {390, true}, {2560, false}} {
			var wrong []string
			w.must(chromium.Do(ctx, dress(form.width, 900, form.dark), eval("document.getAnimations().forEach(a => a.finish()); 1", new(int)), eval(auditScript, &wrong)))
			for _, line := range wrong {
				t.Errorf("%s, %d wide, dark %t: %s", name, form.width, form.dark, line)
			}
		}
	}
	w.must(chromium.Do(ctx, chromedp.Navigate(w.url+"/sign-in"), chromedp.WaitVisible("#name")))
	audit("sign-in")
	w.enter(ctx)
	for _, one := range s.scenes() {
		w.must(chromium.Do(ctx, chromedp.Navigate(w.url+one.path), chromedp.WaitReady("main")))
		audit(one.name)
	}
	for name, before := range s.states(w.url) {
		w.must(chromium.Do(ctx, before))
		audit(name)
	}
	mu.Lock()
	defer mu.Unlock()
	for _, c := range complaints {
		t.Errorf("the browser complains: %s", c)
	}
}

func TestTheKeyboardReachesTheContentFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.device("box-1")
	w.open(web.Options{})
	ctx := chromium.Open(t)
	w.enter(ctx)
	var first, second, found string
	w.must(chromium.Do(ctx, chromedp.Navigate(w.url+"/devices"), chromedp.WaitReady("main"), chromedp.KeyEvent(kb.Tab), eval(`document.activeElement.textContent`, &first),
		chromedp.KeyEvent(kb.Enter), wait(`document.activeElement.id === "main"`), chromedp.KeyEvent(kb.Tab), eval(`document.activeElement.textContent`, &second),
		chromedp.KeyEvent("/"), eval(`document.activeElement.id`, &found)))
	if first != "Skip to the content" || second != "Export" || found != "q" {
		t.Errorf("the first stop is %q, then %q, and / leads to %q", first, second, found)
	}
}
