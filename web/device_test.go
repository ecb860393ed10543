package web_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web"
)

func TestAnEmptyFleetSaysHowToEnrolTheFirstDevice(t *testing.T) {
	t.Parallel()
	w := newWorld(t).open(web.Options{Fingerprint: "SHA256:abc"})
	if a := w.signedIn().get("/devices"); !a.has("No devices yet", "sluice device token\nsluice-agent enrol --server "+w.url+" --token TOKEN --fingerprint SHA256:abc", "No device is known yet.") {
		t.Errorf("got %s", a.body)
	}
}

func TestAPendingDeviceIsAcceptedAndTheNoteSaysSoOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t).open(web.Options{})
	d := w.waiting("box-1")
	b := w.signedIn()
	path := "/devices/" + d.ID.String()
	if a := b.get("/devices?state=pending"); !a.has("waits for your word", path+"/accept", "Accept box-1?", "Accept 1 device") {
		t.Fatalf("the list does not ask: %s", a.body)
	}
	if a := b.get(path + "/accept"); a.status != http.StatusMethodNotAllowed {
		t.Errorf("a GET changes the device: got %d", a.status)
	}
	if a := b.post(path+"/accept", nil); a.status != http.StatusSeeOther || a.header.Get("Location") != "/devices" {
		t.Fatalf("got %d to %s", a.status, a.header.Get("Location"))
	}
	if a := b.get("/devices"); !a.has("box-1 is accepted.", "1 device: 1 accepted.") {
		t.Error("the list does not say that the device is accepted")
	}
	if a := b.get("/devices"); a.has("box-1 is accepted.") {
		t.Error("the note is shown twice")
	}
	a := b.do(http.MethodPost, path+"/reject", nil, "Sec-Fetch-Site", "same-origin", "Referer", w.url+"/devices?q=box&state=accepted")
	if to := a.header.Get("Location"); to != "/devices?q=box&state=accepted" {
		t.Errorf("the way back is %s", to)
	}
	a = b.do(http.MethodPost, path+"/accept", nil, "Sec-Fetch-Site", "same-origin", "Referer", "https://evil.example/devices?q=1")
	if to := a.header.Get("Location"); to != "/devices" {
		t.Errorf("the way back leads to %s", to)
	}
}

func TestAttributesArePaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t).open(web.Options{})
	d := w.device("box-1")
	values := []fleet.Value{{Kind: fleet.Attribute, Key: fleet.AttributePackages, Text: `[{"name":"openssl","version":"3"}]`}}
	for i := range 105 {
		values = append(values, fleet.Value{Kind: fleet.Attribute, Key: fmt.Sprintf("a%03d", i), Text: "x"})
	}
	w.contact(d, values...)
	b, path := w.signedIn(), "/devices/"+d.ID.String()
	if a := b.get(path); !a.has("a000", "a099", "openssl", path+"?attributes=a099") || a.has("a100") {
		t.Errorf("got %s", a.body)
	}
	if a := b.get(path + "?attributes=a099"); !a.has("a100", "a104", "openssl", "First page") || a.has("a099</dt>") {
		t.Errorf("got %s", a.body)
	}
}

func TestTheListOfDevicesIsPagedSearchedAndFiltered(t *testing.T) {
	t.Parallel()
	w := newWorld(t).open(web.Options{})
	w.must(w.Store.Write(t.Context(), func(ctx context.Context, tx control.Tx) error {
		for i := range 120 {
			_, err := tx.InsertDevice(ctx, fleet.Device{Key: fmt.Sprintf("box-%03d", i), Name: fmt.Sprintf("box-%03d", i), Kind: fleet.Gateway, UnitID: fleet.Root,
				State: []fleet.DeviceState{fleet.DeviceAccepted, fleet.DeviceRejected}[i%2], CreatedAt: w.clock.Now(), PollEvery: 3600e9})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	b := w.signedIn()
	seen, path := 0, "/devices"
	for pages := 0; path != "" && pages < 10; pages++ {
		a := b.get(path)
		seen += strings.Count(a.body, `<tr id="device-`)
		path = linkOf(a.body, `rel="next"`)
	}
	if seen != 120 {
		t.Errorf("the pages hold %d of 120 devices", seen)
	}
	if a := b.get("/devices?state=rejected&q=box-01"); strings.Count(a.body, `<tr id="device-`) != 5 || !a.has("box-011") || a.has(">box-010<") {
		t.Errorf("filter and search find %d devices", strings.Count(a.body, `<tr id="device-`))
	}
	if a := b.get("/devices?state=rejected&q=nothing"); !a.has("No device fits", `value="nothing"`, `name="state" value="rejected"`) {
		t.Error("nothing found, and nothing said")
	}
}

// linkOf is the target of the link with the mark.
func linkOf(html, mark string) string {
	before, _, ok := strings.Cut(html, mark)
	if !ok {
		return ""
	}
	_, after, _ := strings.Cut(before[strings.LastIndex(before, "<a "):], `href="`)
	url, _, _ := strings.Cut(after, `"`)
	return strings.ReplaceAll(url, "&amp;", "&")
}

func TestADeviceShowsWhatItSaysOfItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.seed()
	w.open(web.Options{})
	a := w.signedIn().get("/devices/" + s.gateways[0].ID.String())
	for _, want := range []string{"Wirnet iStation", "KerOS · arm64", "TR50, connected", "lorafwd 4.0.2", "backhaul changed", "modemmanager", "10 packages", "os_version",
		"CPU over the last 1 d: from", `class="trace" d="M`, "Next contact"} {
		if !a.has(want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

func TestWhatADeviceSaysIsTextAndNothingElse(t *testing.T) {
	t.Parallel()
	const hostile = `"><script>alert(1)</script><img src=x onerror=alert(1)>'`
	w := newWorld(t)
	d := w.device("box"+hostile, fleet.AttributeName, hostile, fleet.AttributeModel, hostile, fleet.AttributeVersion, hostile, fleet.AttributeOS, hostile,
		hostile, hostile, fleet.AttributePackages, `[{"name":"<script>alert(1)</script>","version":"<img onerror=x>"}]`)
	waiting := w.waiting("pending"+hostile, fleet.AttributeName, hostile)
	r := w.release(fleet.Release{Name: "hello" + hostile, Version: "1", Description: hostile, Actions: []string{hostile}})
	u := w.give(r, d.Key)
	e := w.send(d)
	w.report(e, `{"result":"failed","reason":"<script>alert(1)</script>","actions":[{"type":"<script>","summary":"<img src=x onerror=alert(1)>","status":"<script>alert(1)</script>","output":"</pre><script>alert(1)</script>","error":"<img src=x onerror=alert(1)>"}]}`,
		step{1, fleet.StartInstall, hostile}, step{1, fleet.Fail, hostile})
	w.lines([]fleet.LogEntry{{DeviceID: d.ID, At: w.clock.Now(), Level: fleet.LogError, Text: hostile}})
	w.open(web.Options{})
	b := w.signedIn()
	for _, path := range []string{"/devices", "/devices/" + d.ID.String(), "/devices/" + waiting.ID.String(), "/executions", "/executions/" + e.ID.String(), "/updates",
		"/updates/" + u.ID.String(), "/releases", "/audit", "/updates/new?device=" + "box", "/devices?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"} {
		a := b.get(path)
		if a.status != http.StatusOK {
			t.Errorf("%s: got %d", path, a.status)
		}
		for _, never := range []string{"<script>alert", "<img", "=\"\"><script"} {
			if strings.Contains(a.body, never) {
				t.Errorf("%s has %s", path, never)
			}
		}
	}
}
