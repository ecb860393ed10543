package web_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/sluicehq/sluice/internal/chromium"
	"github.com/sluicehq/sluice/web"
)

// enter signs the browser in.
func (w *world) enter(ctx context.Context) {
	w.t.Helper()
	w.must(chromium.Do(ctx, chromedp.Navigate(w.url+"/"), chromedp.WaitVisible("#password"), chromedp.SendKeys("#name", "admin"),
		chromedp.SendKeys("#password", w.password+"\r"), chromedp.WaitVisible("#devices")))
}

// dress chooses width, height and colours.
func dress(width, height int64, dark bool) chromedp.Action {
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	return chromedp.Tasks{
		emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}),
		emulation.SetDeviceMetricsOverride(width, height, 1, width < 500),
		emulation.SetTouchEmulationEnabled(width < 500),
	}
}

// scene is a page in a state worth looking at.
type scene struct{ name, path string }

func (s seeded) scenes() []scene {
	return append([]scene{
		{"devices", "/devices"}, {"devices-none-fits", "/devices?q=nothing"}, {"device", "/devices/" + s.gateways[0].ID.String()},
		{"device-pending", "/devices/" + s.pending.ID.String()},
		{"executions", "/executions"}, {"execution-good", "/executions/" + s.good.ID.String()}, {"execution-rolled-back", "/executions/" + s.bad.ID.String()},
		{"updates", "/updates"}, {"update", "/updates/" + s.campaign.ID.String()}, {"update-running", "/updates/" + s.running.ID.String() + "?state=refused"},
		{"give", "/updates/new?release=1&device=" + s.gateways[0].Key}, {"releases", "/releases"}, {"audit", "/audit"},
		{"device-software", "/devices/" + s.gateways[0].ID.String() + "/update"}, {"device-software-old", "/devices/" + s.old.ID.String() + "/update"},
		{"device-place", "/devices/" + s.gateways[0].ID.String() + "/place"}, {"device-location", "/devices/" + s.gateways[0].ID.String() + "?show=location"},
		{"devices-narrowed", "/devices?group=" + s.group.ID.String() + "&unit=" + s.group.UnitID.String()}, {"import", "/devices/import"},
		{"groups", "/groups"}, {"group", "/groups/" + s.group.ID.String()}, {"group-change", "/groups/" + s.group.ID.String() + "/change"},
		{"group-software", "/groups/" + s.group.ID.String() + "/update"}, {"group-dashboard", "/updates/" + s.grouped.ID.String() + "?state=pending"},
		{"magic-links", "/magic-links"}, {"magic-link", "/magic-links/1"}, {"units", "/units"}, {"users", "/users"}, {"user", "/users/" + s.person.ID.String()},
		{"rights", "/rights?user=" + s.person.Name + "&action=update.write&unit=1"}, {"audit-verified", "/audit?verify=1"}, {"account", "/account"},
		{"error", "/devices/999"},
	}, s.more...)
}

// states are pages after something was done on them.
func (s seeded) states(url string) map[string]chromedp.Tasks {
	software := url + "/devices/" + s.gateways[1].ID.String() + "/update"
	states := map[string]chromedp.Tasks{
		"menu":         {chromedp.Navigate(url + "/devices/" + s.gateways[0].ID.String()), chromedp.WaitReady("#configuration"), open("#configuration")},
		"drawer":       {chromedp.Navigate(url + "/devices"), chromedp.WaitReady("#drawer"), open("#drawer")},
		"magic-link":   {chromedp.Navigate(software), chromedp.WaitReady("#type-magic_link"), tick("#type-magic_link")},
		"cannot-check": {chromedp.Navigate(software), chromedp.WaitReady("#type-jetporch"), tick("#type-jetporch"), chromedp.SetValue("#script", goodScript)},
		"script":       {chromedp.Navigate(software), chromedp.WaitReady("#type-jetporch"), tick("#type-jetporch")},
		"confirm": {chromedp.Navigate(software), chromedp.WaitReady("#type-jetporch"), tick("#type-jetporch"),
			chromedp.SetValue("#script", goodScript), chromedp.Evaluate(`document.querySelector("form.software").submit()`, nil), chromedp.WaitVisible("#ask-title")},
		"script-wrong": {chromedp.Navigate(software), chromedp.WaitReady("#type-jetporch"), tick("#type-jetporch"), chromedp.SetValue("#script", wrongScript),
			chromedp.Evaluate(`document.querySelector("#script").dispatchEvent(new Event("input"))`, nil), wait(`document.querySelector(".findings")`)},
		"confirm-warning": {chromedp.Navigate(software), chromedp.WaitReady("#type-jetporch"), tick("#type-jetporch"),
			chromedp.SetValue("#script", doubtfulScript), chromedp.Evaluate(`document.querySelector("form.software").submit()`, nil), chromedp.WaitVisible("#ask-title")},
	}
	if s.uploads != nil {
		states["release-refused"], states["release-unconfirmed"] = s.uploaded(url, "refused"), s.uploaded(url, "unconfirmed")
	}
	if s.bundle.ID != 0 {
		states["bundle"] = chromedp.Tasks{chromedp.Navigate(software), chromedp.WaitReady("#type-jetporch"), tick("#type-jetporch"), tick("#bundle-" + s.bundle.ID.String())}
		states["dialog-warning"] = chromedp.Tasks{chromedp.Navigate(software), chromedp.WaitReady("#type-jetporch"), tick("#type-jetporch"),
			chromedp.SetValue("#script", doubtfulScript), tick("form.software footer .go"), chromedp.WaitVisible("dialog[open]")}
	}
	return states
}

// uploaded sends one of the bundles on the page of the releases.
func (s seeded) uploaded(url, name string) chromedp.Tasks {
	return chromedp.Tasks{chromedp.Navigate(url + "/releases"), chromedp.WaitReady("form.upload"),
		chromedp.SetUploadFiles("#file", []string{s.uploads[name]}, chromedp.ByQuery), tick("form.upload .go"), chromedp.WaitVisible("#findings-title")}
}

func open(what string) chromedp.Action {
	return chromedp.Evaluate(`document.querySelector("`+what+`").open = true`, nil)
}

func tick(what string) chromedp.Action {
	return chromedp.Evaluate(`document.querySelector("`+what+`").click()`, nil)
}

// TestScreenshots writes a picture of every page, for people to look at.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("SLUICE_SCREENSHOTS")
	if folder == "" {
		t.Skip("SLUICE_SCREENSHOTS names no folder for the pictures")
	}
	w := newWorld(t)
	s := w.seed()
	w.seedChecks(&s)
	w.open(web.Options{})
	ctx := chromium.Open(t)
	w.must(os.MkdirAll(folder, 0o755))
	take := func(name string, before ...chromedp.Action) {
		for _, form := range []struct {
			suffix        string
			width, height int64
			dark          bool
		}{{"1440-light", 1440, 900, false}, {"1440-dark", 1440, 900, true}, {"390-light", 390, 844, false}, {"390-dark", 390, 844, true}} {
			var picture []byte
			w.must(chromium.Do(ctx, dress(form.width, form.height, form.dark), chromedp.Tasks(before), chromedp.FullScreenshot(&picture, 100)))
			w.must(os.WriteFile(filepath.Join(folder, name+"-"+form.suffix+".png"), picture, 0o644))
		}
	}
	take("sign-in", chromedp.Navigate(w.url+"/sign-in"))
	w.enter(ctx)
	for _, one := range s.scenes() {
		take(one.name, chromedp.Navigate(w.url+one.path))
	}
	for name, before := range s.states(w.url) {
		take("state-"+name, before...)
	}
	take("plan", chromedp.Navigate(w.url+"/updates/new?release=1"), chromedp.WaitReady("#pick-all"),
		chromedp.Evaluate(`document.getElementById("pick-all").click()`, nil), chromedp.Click("form.stack .go"), chromedp.WaitVisible("#plan-title"))
	take("dialog", chromedp.Evaluate(`document.querySelector("form[data-ask] button").click()`, nil), chromedp.WaitVisible("dialog[open]"))
}
