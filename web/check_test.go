package web_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/internal/chromium"
	"github.com/sluicehq/sluice/web"
)

const bundleHead = `name: gateway-settings
version: 1.0.0
description: Server and channel plan of the packet forwarder
release_counter: 1
variables:
  - {name: server, description: Name of the network server, pattern: '[a-z0-9.-]{1,100}', required: true}
  - {name: port, description: Its UDP port, type: integer}
  - {name: plan, description: Channel plan, values: [EU868, US915, AS923]}
  - {name: restart, description: Whether the forwarder is restarted, type: boolean}
`

const bundlePlaybook = "- name: forwarder\n  groups: [all]\n  defaults: {port: 1700, plan: EU868, restart: false}\n  tasks:\n    - !copy\n      src: forwarder.conf\n      dest: /etc/forwarder.conf\n"

// bundle is a .zip with a playbook; more are names and contents.
func bundle(t testing.TB, playbook string) []byte {
	t.Helper()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	for name, content := range map[string]string{"bundle.yaml": bundleHead, "playbook.yml": playbook, "files/forwarder.conf": "server = a\n"} {
		file, err := archive.Create(name)
		if err == nil {
			_, err = file.Write([]byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (w *world) bundle() fleet.Release {
	w.t.Helper()
	f, err := w.Upload(w.t.Context(), w.admin, "settings.zip", bytes.NewReader(bundle(w.t, bundlePlaybook)))
	w.must(err)
	r, err := w.CreateRelease(w.t.Context(), w.admin, f.ID, true)
	w.must(err)
	return r
}

// checker is a gateway that can check a script without applying it.
func (w *world) checker(key, name string) fleet.Device {
	return w.device(key, fleet.AttributeName, name, fleet.AttributeModel, "Wirnet iStation", fleet.AttributeOS, "KerOS", fleet.AttributeVersion, "6.1.2", fleet.AttributeJetPorchCheck, "true")
}

const checkReason = "would change 2 of 3 tasks: write the configuration of the packet forwarder, its log folder"

// checkedConfirmation is what an installer writes of a check.
var checkedConfirmation = func() string {
	text, err := json.Marshal(map[string]any{"job_id": "3", "check": true, "package": "jetporch", "version": "1", "result": "succeeded", "reason": checkReason, "actions": []any{
		map[string]any{"index": 1, "type": "playbook.apply", "summary": "playbook.apply playbook.yaml", "status": "ok", "changed": true, "duration_ms": 940, "attempts": 1, "tasks": []any{
			map[string]any{"task": "write the configuration of the packet forwarder", "role": "forwarder", "status": "changed", "change": "would be modified (Content, Mode)", "duration_ms": 4,
				"diff": "@@ -1,4 +1,4 @@\n [forwarder]\n-server = eu1.cloud.example.net\n-port = 1700\n+server = lns.rennes.example.net # of the customer, as agreed in the contract of last week; ask before it is changed again\n+port = 1701\n plan = EU868\n"},
			map[string]any{"task": "its log folder", "role": "forwarder", "status": "changed", "change": "would be created", "duration_ms": 2},
			map[string]any{"task": "the service is enabled", "role": "forwarder", "status": "ok", "duration_ms": 31},
			map[string]any{"task": "restart the forwarder", "role": "forwarder", "status": "skipped", "output": "a check runs no command", "duration_ms": 0}}}}})
	if err != nil {
		panic(err)
	}
	return string(text)
}()

func (w *world) answerCheck(d fleet.Device) fleet.Execution {
	w.t.Helper()
	w.report(w.send(d), checkedConfirmation, step{2 * time.Second, fleet.StartTransfer, "2 kB"}, step{time.Second, fleet.EndTransfer, "2 kB, SHA-256 and signature good"},
		step{time.Second, fleet.StartInstall, "1 action"}, step{time.Second, fleet.Succeed, checkReason})
	return w.executionOf(d)
}

// seedChecks adds a check of a bundle that three gateways answered in
// different ways, and the update that applies it.
func (w *world) seedChecks(s *seeded) {
	w.t.Helper()
	var list []fleet.Device
	for i := range 4 {
		list = append(list, w.checker(fmt.Sprintf("7076FF00560600A%d", i), fmt.Sprintf("klk-wiis-0600A%d", i)))
	}
	s.bundle = w.bundle()
	check := w.giveTyped(control.NewUpdate{Type: fleet.JetPorch, ReleaseID: s.bundle.ID, Check: true, Audience: fleet.Audience{Devices: keys(list)},
		Variables: map[string]string{"server": "lns.rennes.example.net", "port": "1701"}})
	w.answerCheck(list[0])
	e := w.answerCheck(list[1])
	w.report(w.send(list[2]), "", step{time.Second, fleet.StartInstall, "1 action"}, step{time.Second, fleet.Fail, "Task 1, write the configuration: /etc is mounted for reading only."})
	applied, err := w.ApplyCheck(w.t.Context(), w.admin, check.ID, "")
	w.must(err)
	typed := w.giveTyped(control.NewUpdate{Type: fleet.JetPorch, Script: goodScript, Check: true, Audience: fleet.Audience{Devices: keys(list[2:3])}, Retries: 1})
	s.uploads = map[string]string{"refused": filepath.Join(w.t.TempDir(), "wrong.zip"), "unconfirmed": filepath.Join(w.t.TempDir(), "doubtful.zip")}
	w.must(os.WriteFile(s.uploads["refused"], bundle(w.t, wrongScript), 0o600))
	w.must(os.WriteFile(s.uploads["unconfirmed"], bundle(w.t, doubtfulScript), 0o600))
	thing, err := w.Bind(w.t.Context(), list[3], "meter-17", "Water meter 17")
	w.must(err)
	_, err = w.Bind(w.t.Context(), list[3], "meter-18", "Water meter 18")
	w.must(err)
	s.more = []scene{{"device-of-things", "/devices/" + list[3].ID.String()}, {"device-thing", "/devices/" + thing.ID.String()}, {"check", "/updates/" + check.ID.String()}, {"check-applied", "/updates/" + applied.ID.String()}, {"check-waits", "/updates/" + typed.ID.String()},
		{"execution-check", "/executions/" + e.ID.String()}, {"device-of-checks", "/devices/" + list[0].ID.String()}}
}

func TestAWarningIsAskedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	b := w.open(web.Options{}).signedIn()
	path := "/devices/" + d.ID.String() + "/update"
	for _, url := range []string{path + "/plan", path} { // whoever leaves the question out is asked it
		a := b.post(url, form("jetporch", "script", doubtfulScript))
		if !a.has("1 warning", "5:13", "ends what runs this script", "Send it all the same to 1 gateway", `name="accept_warnings" value="1"`) {
			t.Errorf("%s: got %d %s", url, a.status, a.body)
		}
	}
	if list, err := w.Updates(t.Context(), w.admin, control.UpdateFilter{}, control.Page{Limit: 1}); err != nil || len(list) != 0 {
		t.Fatalf("it was given unasked: %v, %v", list, err)
	}
	if a := b.post(path, form("jetporch", "script", doubtfulScript, "accept_warnings", "1")); a.status != http.StatusSeeOther {
		t.Errorf("accepted: got %d %s", a.status, a.body)
	}
}

func TestAGatewayThatCannotCheckIsNotAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	b := w.open(web.Options{}).signedIn()
	a := b.post("/devices/"+d.ID.String()+"/update/plan", form("jetporch", "script", goodScript, "check", "1"))
	if a.status != http.StatusConflict || !a.has("Nothing can be sent. box-1: this device cannot check a script without applying it.", "set the packet forwarder") {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

// TestAScriptIsCheckedSeenPerGatewayAndApplied is the way of a careful
// operator: check first, read what would change, apply exactly that.
func TestAScriptIsCheckedSeenPerGatewayAndApplied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := w.checker("box-1", ""), w.checker("box-2", "")
	g := w.group(fleet.Unit{}, "iStation", one, two)
	w.open(web.Options{})
	ctx := chromium.Open(t)
	w.enter(ctx)
	var title, said, button, told string
	w.must(chromium.Do(ctx, chromedp.Navigate(w.url+"/groups/"+g.ID.String()+"/update"), chromedp.Click("#type-jetporch"), chromedp.SendKeys("#script", doubtfulScript),
		wait(`document.querySelector("#lint-summary").textContent === "1 warning"`), chromedp.Click("form.software .first"), chromedp.WaitVisible("dialog[open]"),
		chromedp.Text("#confirm-title", &title), chromedp.Text("#confirm-text", &said), chromedp.Text("dialog [value=yes]", &button), chromedp.Text("dialog .told", &told)))
	if title != "Check Custom JetPorch script on iStation?" || !strings.HasPrefix(said, "Nothing will be changed") || button != "Check on 2 gateways" || !strings.Contains(told, "ends what runs this script") {
		t.Errorf("the dialog asks %q, %q, tells %q, with the button %q", title, said, told, button)
	}
	w.must(chromium.Do(ctx, chromedp.Click("dialog [value=yes]"), chromedp.WaitVisible("main > .note.hue-scheduled"), wait(`location.pathname === "/updates/1"`)))
	e := w.answerCheck(one)
	w.must(chromium.Do(ctx, wait(`document.querySelector("#execution-`+e.ID.String()+`").textContent.includes("would change 2 of 3 tasks")`),
		chromedp.Text("#update-head .go", &button, chromedp.NodeVisible), chromedp.Click("#update-head .go"), chromedp.WaitVisible("dialog[open]"),
		chromedp.Text("#confirm-text", &said), chromedp.Text("dialog [value=yes]", &told)))
	if button != "Apply to 1 gateway" || told != button || !strings.Contains(said, "to box-1: where the check succeeded") {
		t.Errorf("%q asks %q with the button %q", button, said, told)
	}
	w.must(chromium.Do(ctx, chromedp.Click("dialog [value=yes]"), chromedp.WaitVisible(`#update-head a[href="/updates/1"]`), chromedp.Text("#update-head .facts-line", &said, chromedp.NodeVisible),
		chromedp.Click(`#update-head a[href="/updates/1"]`), chromedp.WaitVisible("main > .note.hue-scheduled")))
	if !strings.Contains(said, "applies check #1") || !strings.Contains(said, "1 device") {
		t.Errorf("the update says %q", said)
	}
	u, err := w.Update(t.Context(), w.admin, 2)
	if err != nil || u.CheckID != 1 || u.Check || u.Content != doubtfulScript {
		t.Errorf("got %+v, %v", u, err)
	}
	if b := w.signedIn(); !b.get("/executions/"+e.ID.String()).has("Would be created", "Would change", "+port = 1701", `class="hue-scheduled">`) && !b.get("/updates").has("Check") {
		t.Error("the execution does not say what would change")
	}
}

func TestABundleIsGivenWithVariablesAndAWrongOneComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	r := w.bundle()
	w.open(web.Options{})
	ctx := chromium.Open(t)
	w.enter(ctx)
	field := func(name string) string { return fmt.Sprintf(`[name="var.%s.%s"]`, r.ID, name) }
	var wrong, kept, told string
	w.must(chromium.Do(ctx, chromedp.Navigate(w.url+"/devices/"+d.ID.String()+"/update"), chromedp.Click("#type-jetporch"), chromedp.Click("#bundle-"+r.ID.String()),
		chromedp.SendKeys(field("server"), "not valid!"), chromedp.SendKeys(field("plan"), "US915"), chromedp.Click("form.software footer .go"),
		chromedp.Text("[role=alert]", &wrong, chromedp.NodeVisible), chromedp.Value(field("server"), &kept),
		chromedp.SetValue(field("server"), "lns.example.net"), chromedp.Click("form.software footer .go"), chromedp.WaitVisible("dialog[open]"), chromedp.Text("dialog .told", &told)))
	if !strings.Contains(wrong, "the variable server cannot be") || kept != "not valid!" {
		t.Errorf("the page says %q and keeps %q", wrong, kept)
	}
	if !strings.Contains(told, "lns.example.net") || !strings.Contains(told, "US915") || strings.Contains(told, "port") {
		t.Errorf("the dialog tells %q", told)
	}
	w.must(chromium.Do(ctx, chromedp.Click("dialog [value=yes]"), chromedp.WaitVisible("#last-1")))
	u, err := w.Update(t.Context(), w.admin, 1)
	if err != nil || len(u.Variables) != 2 || u.Variables["server"] != "lns.example.net" || u.Variables["plan"] != "US915" || u.ReleaseID != r.ID {
		t.Errorf("got %+v, %v", u, err)
	}
	if a := w.signedIn().get("/updates/1"); !a.has("Variables", "lns.example.net", "US915") {
		t.Error("the update does not show its variables")
	}
}

func TestABundleIsUploadedCheckedAndKeptWithItsWarnings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.open(web.Options{}).signedIn()
	send := func(name, field string, content []byte) answer {
		body, kind := multipartOf(t, field, name, content)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url+"/releases", body)
		w.must(err)
		r.Header.Set("Content-Type", kind)
		return b.send(r)
	}
	if a := send("", "file", nil); a.status != http.StatusBadRequest || !a.has("Choose a file.") {
		t.Errorf("no file: got %d", a.status)
	}
	if a := send("a.zip", "other", nil); a.status != http.StatusBadRequest || !a.has("It brings no file") && !a.has("it brings no file") {
		t.Errorf("another field: got %d", a.status)
	}
	if a := send("a.zip", "file", []byte("no zip")); a.status != http.StatusBadRequest || !a.has("no .zip that can be read") {
		t.Errorf("no zip: got %d %s", a.status, a.body)
	}
	if a := send("a.sup", "file", []byte("no package")); a.status != http.StatusBadRequest || !a.has(`role="alert"`) {
		t.Errorf("no package: got %d %s", a.status, a.body)
	}
	if a := send("a.zip", "file", bundle(t, badScript)); a.status != http.StatusBadRequest || !a.has("2 errors", "playbook.yml:5:7", "Cannot make a release of a.zip") || a.has("Keep it all the same") {
		t.Errorf("an error: got %d %s", a.status, a.body)
	}
	a := send("a.zip", "file", bundle(t, doubtfulScript))
	if a.status != http.StatusConflict || !a.has("1 warning", "playbook.yml:5:13", "Keep it all the same") {
		t.Fatalf("a warning: got %d %s", a.status, a.body)
	}
	if list, err := w.Releases(t.Context(), w.admin, control.ReleaseFilter{}, control.Page{Limit: 5}); err != nil || len(list) != 0 {
		t.Fatalf("it became a release: %v, %v", list, err)
	}
	file := regexp.MustCompile(`name="file" value="(\d+)"`).FindStringSubmatch(a.body)[1]
	if a = b.post("/releases/keep", form("", "file", file)); a.status != http.StatusSeeOther {
		t.Fatalf("kept: got %d %s", a.status, a.body)
	}
	if a = b.get("/releases"); !a.has("gateway-settings 1.0.0 is a release.", "4 variables", "required, text that matches [a-z0-9.-]{1,100}: Name of the network server") {
		t.Errorf("got %s", a.body)
	}
	if a = send("b.zip", "file", bundle(t, bundlePlaybook)); a.status != http.StatusConflict {
		t.Errorf("the same name and version: got %d %s", a.status, a.body)
	}
}
