package web_test

import (
	"bytes"
	"html"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/web"
)

// The sentences of the first two sources that concern the console; their
// rules are tested in package control as well.

func (w *world) group(in fleet.Unit, name string, members ...fleet.Device) fleet.Group {
	w.t.Helper()
	if in.ID == 0 {
		in.ID = fleet.Root
	}
	g, err := w.CreateGroup(w.t.Context(), w.admin, fleet.Group{UnitID: in.ID, Name: name, Description: "868 MHz"})
	w.must(err)
	g, err = w.AddMembers(w.t.Context(), w.admin, g.ID, keys(members))
	w.must(err)
	return g
}

// keros is a gateway that runs KerOS 6.
func (w *world) keros(key string) fleet.Device {
	return w.device(key, fleet.AttributeModel, "Wirnet iStation", fleet.AttributeOS, "KerOS", fleet.AttributeVersion, "6.1.2")
}

// catalogue is a release that stands in the catalogue.
func (w *world) catalogue() fleet.Release {
	w.t.Helper()
	r, _ := w.releases()
	r, err := w.SetPredefined(w.t.Context(), w.admin, r.ID, true)
	w.must(err)
	return r
}

func (w *world) giveTyped(n control.NewUpdate) fleet.Update {
	w.t.Helper()
	u, err := w.CreateUpdate(w.t.Context(), w.admin, n)
	w.must(err)
	return u
}

func TestTheUpdateCommandIsOnlyForTwoRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	g := w.group(fleet.Unit{}, "iStation", d)
	r := w.catalogue()
	w.giveTyped(control.NewUpdate{Type: fleet.Predefined, ReleaseID: r.ID, Audience: fleet.Audience{GroupID: g.ID}})
	w.open(web.Options{})
	for _, role := range fleet.Roles {
		may := role == fleet.ServiceAdministrator || role == fleet.ChannelAdministrator
		b := w.person(string(role), role, fleet.Root)
		for _, place := range []string{"/devices/" + d.ID.String(), "/groups/" + g.ID.String()} {
			overview := b.get(place)
			if !overview.has("Last updates", "lorafwd 4.0.2") {
				t.Errorf("%s does not see the history of %s", role, place)
			}
			if overview.has("Software update") != may || overview.has("CANCEL UPDATE") != may || overview.has("CONFIGURATION") != may {
				t.Errorf("%s on %s: menu or buttons are wrong", role, place)
			}
			page := b.get(place + "/update")
			if may && page.status != http.StatusOK || !may && (page.status != http.StatusForbidden || !page.has("pdate commands are for SERVICE_ADMINISTRATOR and CHANNEL_ADMINISTRATOR only")) {
				t.Errorf("%s on %s/update: got %d", role, place, page.status)
			}
		}
		if b.get("/updates/1").has("CANCEL UPDATE") != may {
			t.Errorf("%s on the dashboard: the buttons are wrong", role)
		}
	}
}

func TestSoftwareUpdateIsSelectedFromTheConfigurationMenu(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	g := w.group(fleet.Unit{}, "iStation", d)
	b := w.open(web.Options{}).signedIn()
	for _, place := range []string{"/devices/" + d.ID.String(), "/groups/" + g.ID.String()} {
		a := b.get(place)
		menu := a.body[strings.Index(a.body, `class="menu"`):]
		menu = menu[:strings.Index(menu, "</details>")]
		if !strings.Contains(menu, "CONFIGURATION") || !strings.Contains(menu, `<a href="`+place+`/update">Software update</a>`) {
			t.Errorf("%s: got %s", place, menu)
		}
	}
}

func TestThreeOptionsAreOffered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	g := w.group(fleet.Unit{}, "iStation", d)
	w.catalogue()
	b := w.open(web.Options{}).signedIn()
	for _, place := range []string{"/devices/" + d.ID.String(), "/groups/" + g.ID.String()} {
		a := b.get(place + "/update")
		if !a.has("Pre-defined software update", "Custom Magic Link", "Custom JetPorch script", "to apply a specific software or configuration", ">SEND<", "lorafwd 4.0.2") {
			t.Errorf("%s lacks an option", place)
		}
		if !a.has("This option will work only for gateways declared in the Magic Link.", "Magic Link value", "The hash that support gave you") {
			t.Errorf("%s: the Magic Link is not explained", place)
		}
		if !a.has("Applying a JetPorch script may affect the connectivity and functionality of the gateway.", "Please proceed with caution",
			"Ask support about anything in the script that you are not sure of.", "This option is only compatible with gateways running on KerOS 6.", "Getting started with Ansible playbooks and JetPorch", "JetPorch script (YAML)") {
			t.Errorf("%s: the script has no caution", place)
		}
	}
}

func TestTheScriptIsOnlyForGatewaysThatRunKerOS6(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.device("box-1", fleet.AttributeOS, "KerOS", fleet.AttributeVersion, "5.10.1")
	b := w.open(web.Options{}).signedIn()
	url := "/devices/" + old.ID.String() + "/update"
	if a := b.get(url); !a.has("KerOS 5.10.1, JetPorch needs KerOS 6") || !regexp.MustCompile(`id="type-jetporch"[^>]* disabled`).MatchString(a.body) {
		t.Errorf("got %s", a.body)
	}
	if a := b.post(url+"/plan", form("jetporch", "script", goodScript)); a.status != http.StatusConflict || !a.has("JetPorch needs KerOS 6", "- name: set the packet forwarder") {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

func TestReleasesThatAreNotCompatibleCannotBeChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.device("box-1", fleet.AttributeModel, "Panel 9")
	r := w.catalogue()
	b := w.open(web.Options{}).signedIn()
	a := b.get("/devices/" + d.ID.String() + "/update")
	if !a.has("model is Panel 9, the release is for Wirnet iStation") || !regexp.MustCompile(`name="release" value="`+r.ID.String()+`"[^>]* disabled`).MatchString(a.body) {
		t.Errorf("got %s", a.body)
	}
}

func TestSENDAsksForAConfirmationThatSaysWhatGoesWhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d, other := w.keros("box-1"), w.device("box-2", fleet.AttributeModel, "Panel 9")
	g := w.group(fleet.Unit{}, "iStation", d, other)
	r := w.catalogue()
	b := w.open(web.Options{}).signedIn()
	url := "/groups/" + g.ID.String() + "/update"
	chosen := form("predefined", "release", r.ID.String())
	a := b.post(url+"/plan", chosen)
	if a.status != http.StatusOK || !a.has("Send lorafwd 4.0.2 to iStation?", "to box-1.", "SEND to 1 gateway", "Refused on 1 gateway: box-2: model is Panel 9",
		"It is sent to each gateway when its next telemetry message is received. It can be cancelled until then.", "data-ask=") {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	if list, err := w.Updates(t.Context(), w.admin, control.UpdateFilter{}, control.Page{Limit: 1}); err != nil || len(list) != 0 {
		t.Fatalf("the question gave an update: %v, %v", list, err)
	}
	chosen.Set("once", regexp.MustCompile(`name="once" value="([^"]+)"`).FindStringSubmatch(a.body)[1])
	for range 2 { // the second press of the button gives nothing more
		if a = b.post(url, chosen); a.status != http.StatusSeeOther || a.header.Get("Location") != url {
			t.Fatalf("got %d %s", a.status, a.body)
		}
	}
	if list, err := w.Updates(t.Context(), w.admin, control.UpdateFilter{}, control.Page{Limit: 5}); err != nil || len(list) != 1 || list[0].GroupID != g.ID {
		t.Errorf("got %v, %v", list, err)
	}
}

func TestAScriptGoesThroughTheConfirmationUnchanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	b := w.open(web.Options{}).signedIn()
	path := "/devices/" + d.ID.String() + "/update"
	const script = "\n# first\n" + goodScript + "\n"
	a := b.post(path+"/plan", form("jetporch", "script", strings.ReplaceAll(script, "\n", "\r\n")))
	if !a.has("Send Custom JetPorch script to box-1?", "It may affect the connectivity and functionality of the gateway.") {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	hidden := html.UnescapeString(regexp.MustCompile(`name="script" value="([^"]*)"`).FindStringSubmatch(a.body)[1])
	if a := b.post(path, form("jetporch", "script", hidden)); a.status != http.StatusSeeOther {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	if u, err := w.Update(t.Context(), w.admin, 1); err != nil || u.Content != script {
		t.Errorf("sent %q, %v", u.Content, err)
	}
	if a := b.post(path+"/plan", url.Values{"type": {"jetporch"}, "script": {script}, "again": {"1"}}); !a.has("&#39;y&#39;&#34;\n\n</textarea>") {
		t.Error("the way back loses the script")
	}
}

func TestAFileTakesThePlaceOfATypedScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	b := w.open(web.Options{}).signedIn()
	path := "/devices/" + d.ID.String() + "/update/plan"
	send := func(content string) answer {
		var body bytes.Buffer
		parts := multipart.NewWriter(&body)
		w.must(parts.WriteField("type", "jetporch"))
		w.must(parts.WriteField("script", "# typed\n"+goodScript))
		file, err := parts.CreateFormFile("file", "forwarder.yml")
		w.must(err)
		_, err = file.Write([]byte(content))
		w.must(err)
		w.must(parts.Close())
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url+path, &body)
		w.must(err)
		r.Header.Set("Content-Type", parts.FormDataContentType())
		return b.send(r)
	}
	if a := send("# of the file\n" + goodScript); a.status != http.StatusOK || !a.has("# of the file") || a.has("# typed") {
		t.Errorf("got %d %s", a.status, a.body)
	}
	if a := send(""); a.status != http.StatusOK || !a.has("# typed") {
		t.Errorf("no file: got %d", a.status)
	}
	if a := send(strings.Repeat("#", fleet.MaxScript+1)); a.status != http.StatusBadRequest || !a.has("has 262145 bytes, the most are 262144", "# typed") {
		t.Errorf("a large file: got %d", a.status)
	}
}

func TestAnErrorOnTheSoftwareUpdatePageKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	w.catalogue()
	b := w.open(web.Options{}).signedIn()
	path := "/devices/" + d.ID.String() + "/update/plan"
	for _, c := range []struct {
		form        url.Values
		status      int
		says, keeps string
	}{
		{form(""), 400, "Choose what to send.", ""},
		{form("predefined"), 400, "Choose a release of the catalogue.", `id="type-predefined" value="predefined" checked`},
		{form("magic_link", "magic_link", "0123abc"), 404, "The Magic Link is unknown or was revoked.", `value="0123abc"`},
		{form("magic_link", "script", "- name: kept"), 400, "Enter the Magic Link value.", "- name: kept</textarea>"},
		{form("jetporch", "magic_link", "kept"), 400, "Enter the JetPorch script, or choose a file.", `value="kept"`},
		{form("jetporch", "script", "- name: x\n"), 400, "Cannot send the script: line 1, column 3", `data-line="1" data-column="3"`},
		{form("jetporch", "script", strings.Repeat("#", fleet.MaxScript+1)), 400, "A JetPorch script is YAML text of 1 to", "####</textarea>"},
	} {
		if a := b.post(path, c.form); a.status != c.status || !a.has(c.says, c.keeps) {
			t.Errorf("%s: got %d", c.says, a.status)
		}
	}
}

func TestNoSecondCommandOfATypeIsOfferedWhileOneIsPending(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	g := w.group(fleet.Unit{}, "iStation", d)
	r := w.catalogue()
	w.giveTyped(control.NewUpdate{Type: fleet.Predefined, ReleaseID: r.ID, Audience: fleet.Audience{Devices: []string{d.Key}}})
	b := w.open(web.Options{}).signedIn()
	url := "/devices/" + d.ID.String() + "/update"
	page := b.get(url)
	if !page.has("another pre-defined software update is pending since") || !regexp.MustCompile(`id="type-predefined"[^>]* disabled`).MatchString(page.body) ||
		regexp.MustCompile(`id="type-magic_link"[^>]* disabled`).MatchString(page.body) {
		t.Errorf("got %s", page.body)
	}
	for _, url := range []string{url, "/groups/" + g.ID.String() + "/update"} {
		for _, step := range []string{"/plan", ""} {
			if a := b.post(url+step, form("predefined", "release", r.ID.String())); a.status != http.StatusConflict || !a.has("another pre-defined software update is pending") {
				t.Errorf("%s%s: got %d", url, step, a.status)
			}
		}
	}
}

func TestTheOrangeDotIsShownWhileACommandIsPending(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	g := w.group(fleet.Unit{}, "iStation", d)
	r := w.catalogue()
	b := w.open(web.Options{}).signedIn()
	dot := func(want bool) {
		t.Helper()
		for _, place := range []string{"/devices/" + d.ID.String(), "/groups/" + g.ID.String()} {
			if b.get(place).has(`class="dot"`) != want {
				t.Errorf("%s: the dot is shown: %t", place, !want)
			}
		}
	}
	dot(false)
	w.giveTyped(control.NewUpdate{Type: fleet.Predefined, ReleaseID: r.ID, Audience: fleet.Audience{GroupID: g.ID}})
	dot(true)
	w.send(d)
	dot(false)
}

func TestLastUpdatesShowTheWholeHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	r := w.catalogue()
	n := control.NewUpdate{Type: fleet.Predefined, ReleaseID: r.ID, Audience: fleet.Audience{Devices: []string{d.Key}}}
	w.giveTyped(n)
	w.report(w.send(d), confirmed, step{time.Minute, fleet.StartInstall, ""}, step{time.Minute, fleet.Succeed, "6 of 6 actions done"})
	w.giveTyped(n)
	w.must(w.CancelExecution(t.Context(), w.admin, w.executionOf(d).ID))
	w.giveTyped(n)
	a := w.open(web.Options{}).signedIn().get("/devices/" + d.ID.String() + "/update")
	table := a.body[strings.Index(a.body, "Last updates"):]
	for _, want := range []string{"Pre-defined software update", "lorafwd 4.0.2", "admin", "Pending", "Sent", "Cancelled", "by admin", "Succeeded", "6 of 6 actions done"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q", want)
		}
	}
}

func TestCancelUpdateIsOnlyOfferedBeforeItIsSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	g := w.group(fleet.Unit{}, "iStation", d)
	r := w.catalogue()
	w.giveTyped(control.NewUpdate{Type: fleet.Predefined, ReleaseID: r.ID, Audience: fleet.Audience{GroupID: g.ID}})
	b := w.open(web.Options{}).signedIn()
	places := []string{"/devices/" + d.ID.String() + "/update", "/groups/" + g.ID.String() + "/update", "/updates/1"}
	for _, place := range places {
		if !b.get(place).has("CANCEL UPDATE") {
			t.Errorf("%s offers no cancel", place)
		}
	}
	e := w.send(d)
	for _, place := range places {
		if b.get(place).has("CANCEL UPDATE") {
			t.Errorf("%s offers to cancel what was sent", place)
		}
	}
	if a := b.post("/executions/"+e.ID.String()+"/cancel", nil); a.status != http.StatusConflict || !a.has("only the device can end it") {
		t.Errorf("cancelling what was sent: got %d", a.status)
	}
}

func TestTheEyeLinkOpensTheDashboard(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, c := w.keros("box-1"), w.keros("box-2")
	g := w.group(fleet.Unit{}, "iStation", a, c)
	r := w.catalogue()
	w.giveTyped(control.NewUpdate{Type: fleet.Predefined, ReleaseID: r.ID, Audience: fleet.Audience{GroupID: g.ID}})
	w.clock.Advance(time.Hour)
	sent := w.send(a).SentAt
	w.clock.Advance(time.Hour)
	b := w.open(web.Options{}).signedIn()
	page := b.get("/groups/" + g.ID.String())
	_, row, _ := strings.Cut(page.body, `<tr id="last-1"`)
	if row, _, _ = strings.Cut(row, "</tr>"); !strings.Contains(row, `datetime="`+sent.UTC().Format(time.RFC3339)+`"`) {
		t.Errorf("the status has no date: %s", row)
	}
	if !page.has(`href="/updates/1" aria-label="Dashboard of lorafwd 4.0.2"`, "In progress", "1 of 2 gateways sent") {
		t.Fatalf("got %s", page.body)
	}
	if board := b.get("/updates/1"); !board.has("1 of 2 sent", `<svg class="bar`, `data-events="/events?update=1"`, "In progress", `href="/groups/`+g.ID.String()) {
		t.Errorf("got %s", board.body)
	}
}

func TestClickingAStatusListsOnlyThoseGateways(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sent, unsent := w.keros("box-1"), w.keros("box-2")
	g := w.group(fleet.Unit{}, "iStation", sent, unsent)
	r := w.catalogue()
	w.giveTyped(control.NewUpdate{Type: fleet.Predefined, ReleaseID: r.ID, Audience: fleet.Audience{GroupID: g.ID}})
	w.send(sent)
	b := w.open(web.Options{}).signedIn()
	board := b.get("/updates/1").body
	for state, want := range map[string][2]string{"sent": {"box-1", "box-2"}, "pending": {"box-2", "box-1"}} {
		link := "/updates/1?state=" + state
		if strings.Count(board, `href="`+link+`"`) != 2 { // the segment and the legend
			t.Errorf("no segment leads to %s", link)
		}
		rows := b.get(link).body
		rows = rows[strings.Index(rows, `id="update-executions"`):]
		if !strings.Contains(rows, want[0]) || strings.Contains(rows, ">"+want[1]+"<") {
			t.Errorf("%s lists another gateway than %s", link, want[0])
		}
	}
}

func TestOneGatewayOfAGroupUpdateIsCancelledAtTheEndOfItsLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := w.keros("box-1"), w.keros("box-2")
	g := w.group(fleet.Unit{}, "iStation", one, two)
	r := w.catalogue()
	w.giveTyped(control.NewUpdate{Type: fleet.Predefined, ReleaseID: r.ID, Audience: fleet.Audience{GroupID: g.ID}})
	b := w.open(web.Options{}).signedIn()
	e := w.executionOf(one)
	if !b.get("/updates/1").has(`action="/executions/`+e.ID.String()+`/cancel"`, "CANCEL UPDATE: lorafwd 4.0.2 on box-1", `action="/updates/1/cancel"`) {
		t.Fatal("the line offers no cancel")
	}
	if a := b.post("/executions/"+e.ID.String()+"/cancel", nil); a.status != http.StatusSeeOther {
		t.Fatalf("got %d", a.status)
	}
	w.send(two)
	if board := b.get("/updates/1"); !board.has("Partially sent", "Cancelled", "1 of 2 sent") || board.has("CANCEL UPDATE") {
		t.Errorf("got %s", board.body)
	}
}

func TestTheDashboardIsRefreshedUntilEveryOutcomeIsKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	g := w.group(fleet.Unit{}, "iStation", d)
	r := w.catalogue()
	w.giveTyped(control.NewUpdate{Type: fleet.Predefined, ReleaseID: r.ID, Audience: fleet.Audience{GroupID: g.ID}})
	b := w.open(web.Options{}).signedIn()
	e := w.send(d)
	if board := b.get("/updates/1"); !board.has(`data-events="/events?update=1"`, "refreshed by itself") {
		t.Error("a dashboard with an outcome to come is not live")
	}
	w.report(e, confirmed, step{time.Minute, fleet.StartInstall, ""}, step{time.Minute, fleet.Succeed, "done"})
	if board := b.get("/updates/1"); !board.has(`data-events=""`, "every outcome is known", "Succeeded") {
		t.Error("a dashboard at its end is still live")
	}
}

// form is what a browser posts from the software update page.
func form(kind string, more ...string) url.Values {
	f := url.Values{"type": {kind}}
	for i := 0; i+1 < len(more); i += 2 {
		f.Set(more[i], more[i+1])
	}
	return f
}
