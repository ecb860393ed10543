package web_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/chromium"
	"github.com/sluicehq/sluice/web"
)

// TestACommandIsGivenSeenAndCancelledInABrowser is what an operator does every
// day: give a command, see the dot, see it sent at the next telemetry message
// without a reload, cancel another.
func TestACommandIsGivenSeenAndCancelledInABrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	r := w.catalogue()
	w.open(web.Options{})
	ctx := chromium.Open(t)
	w.enter(ctx)
	var title, text, button, typed string
	w.must(chromium.Do(ctx, chromedp.Navigate(w.url+"/devices/"+d.ID.String()), chromedp.Focus("#configuration summary"), chromedp.KeyEvent(kb.Enter),
		wait(`document.querySelector("#configuration").open`), chromedp.KeyEvent(kb.ArrowDown), wait(`document.activeElement.textContent === "Software update"`),
		chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("form.software"),
		// What is wrong is said on the page, which keeps what was typed.
		chromedp.Click("#type-magic_link"), chromedp.SendKeys("#magic_link", "0123456789"), chromedp.Click("form.software footer .go"),
		chromedp.Text("[role=alert]", &text, chromedp.NodeVisible), chromedp.Value("#magic_link", &typed),
		chromedp.Click("#type-predefined"), chromedp.Click(`[name=release][value="`+r.ID.String()+`"]`), chromedp.Click("form.software footer .go"),
		chromedp.WaitVisible("dialog[open]"), chromedp.Text("#confirm-title", &title), chromedp.Text("dialog [value=yes]", &button)))
	if !strings.Contains(text, "The Magic Link is unknown or was revoked.") || typed != "0123456789" {
		t.Errorf("the page says %q and keeps %q", text, typed)
	}
	if title != "Send lorafwd 4.0.2 to box-1?" || button != "SEND to 1 gateway" {
		t.Errorf("the dialog asks %q, with the button %q", title, button)
	}
	if list, err := w.Updates(t.Context(), w.admin, control.UpdateFilter{}, control.Page{Limit: 1}); err != nil || len(list) != 0 {
		t.Fatalf("the question gave an update: %v, %v", list, err)
	}
	w.must(chromium.Do(ctx, chromedp.Click("dialog [value=yes]"), chromedp.WaitVisible(`#last-1 form[action="/executions/1/cancel"] button`)))
	w.must(chromium.Do(ctx, chromedp.Navigate(w.url+"/devices/"+d.ID.String()), chromedp.WaitVisible("#configuration .dot"), eval("window.sameDocument = true; 'x'", &text)))
	w.send(d)
	w.must(chromium.Do(ctx, wait(`!document.querySelector("#configuration .dot") && document.querySelector("#last-1").textContent.includes("Sent") && !document.querySelector("#last-1 form")`),
		eval(`window.sameDocument ? "same" : "reloaded"`, &text)))
	if text != "same" {
		t.Error("the page was reloaded")
	}
	w.giveTyped(control.NewUpdate{Type: fleet.JetPorch, Script: goodScript, Audience: fleet.Audience{Devices: []string{d.Key}}})
	w.must(chromium.Do(ctx, chromedp.Click(`#last-2 form[action="/executions/2/cancel"] button`), chromedp.WaitVisible("dialog[open]"),
		chromedp.Click("dialog [value=yes]"), chromedp.WaitVisible(".note"), wait(`document.querySelector("#last-2").textContent.includes("Cancelled") && !document.querySelector("#configuration .dot")`)))
}

// TestAGroupUpdateIsFollowedOnItsDashboard runs an update of 30 gateways to
// Partially sent.
func TestAGroupUpdateIsFollowedOnItsDashboard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var members []fleet.Device
	for _, key := range strings.Fields("a b c d e f g h i j k l m n o p q r s t u v w x y z 1 2 3 4") {
		members = append(members, w.keros("box-"+key))
	}
	g := w.group(fleet.Unit{}, "iStation", members...)
	r := w.catalogue()
	w.giveTyped(control.NewUpdate{Type: fleet.Predefined, ReleaseID: r.ID, Audience: fleet.Audience{GroupID: g.ID}})
	w.open(web.Options{})
	ctx := chromium.Open(t)
	w.enter(ctx)
	rows := `document.querySelectorAll("#update-executions tbody tr").length`
	w.must(chromium.Do(ctx, chromedp.Navigate(w.url+"/groups/"+g.ID.String()), chromedp.Click("#last-1 .eye"), chromedp.WaitVisible("#update-progress"), wait(rows+` === 30`)))
	for _, d := range members[:10] {
		w.send(d)
	}
	w.must(chromium.Do(ctx, wait(`document.querySelector("#update-head .badge").textContent.includes("In progress")`), wait(`document.querySelector("#update-progress .big").textContent === "10 of 30 sent"`),
		chromedp.Click(`#update-progress svg a[href$="state=sent"]`), wait(rows+` === 10 && location.search === "?state=sent" && !document.querySelector("#update-executions form")`),
		chromedp.Click(`#update-progress a.chip[href$="state=pending"]`), wait(rows+` === 20`)))
	e := w.executionOf(members[29])
	w.must(chromium.Do(ctx, chromedp.Click("#execution-"+e.ID.String()+" form button"), chromedp.WaitVisible("dialog[open]"), chromedp.Click("dialog [value=yes]"),
		chromedp.WaitVisible(".note"), wait(rows+` === 19 && location.search === "?state=pending"`)))
	for _, d := range members[10:29] {
		w.send(d)
	}
	w.must(chromium.Do(ctx, wait(`document.querySelector("#update-head .badge").textContent.includes("Partially sent") && !document.querySelector("#update-head form")`)))
}
