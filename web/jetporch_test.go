package web_test

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/sluicehq/sluice/internal/chromium"
	"github.com/sluicehq/sluice/web"
)

// badScript has a line that is no parameter of its module; doubtfulScript
// ends the connection to the gateway that runs it.
const (
	badScript      = "- name: x\n  groups: [all]\n  tasks:\n    - !shell\n      comand: \"uptime\"\n"
	wrongScript    = "- name: set the packet forwarder\n  groups: [all]\n  tasks:\n    - !shell\n      comand: uptime\n    - !shell\n      cmd: reboot\n    - !file\n      path: /etc/forwarder.conf\n      mode: 644\n"
	doubtfulScript = "- name: x\n  groups: [all]\n  tasks:\n    - !shell\n      cmd: \"reboot\"\n"
)

func TestTheEditorIsAnsweredWithAPartOfAPage(t *testing.T) {
	t.Parallel()
	b := newWorld(t).open(web.Options{}).signedIn()
	a := b.post("/jetporch/lint", url.Values{"script": {badScript}})
	if a.status != 200 || !a.has("2 errors", `data-line="5" data-column="7"`, "data-refusal=\"The script has 2 errors. Mend them first.\"") || a.has("<html") {
		t.Errorf("got %d %s", a.status, a.body)
	}
	if a = b.post("/jetporch/lint", url.Values{"script": {goodScript}}); !a.has(`data-refusal=""`) || a.has("<li>") {
		t.Errorf("a good script: %s", a.body)
	}
	if a = b.post("/jetporch/lint", nil); !a.has(`data-refusal=""`) {
		t.Errorf("no script: %s", a.body)
	}
}

// TestAnErrorIsMarkedAsOneTypesAndKeepsTheScriptFromBeingSent types, mends,
// and finds the place of an error with the keyboard.
func TestAnErrorIsMarkedAsOneTypesAndKeepsTheScriptFromBeingSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	w.open(web.Options{})
	ctx := chromium.Open(t)
	w.enter(ctx)
	marked := `document.querySelector(".code ol").children[4].className`
	var why, said, caret, focused string
	w.must(chromium.Do(ctx, chromedp.Navigate(w.url+"/devices/"+d.ID.String()+"/update"), chromedp.Click("#type-jetporch"), chromedp.SendKeys("#script", badScript),
		wait(marked+` === "hue-fail" && document.querySelector("form.software footer .go").disabled`), chromedp.Text("#send-why", &why), chromedp.Text("#lint-summary", &said),
		eval(`document.querySelector(".code ol").children[4].title`, &focused),
		chromedp.Click(`.findings [data-line="5"]`), eval(`(t => t.value.slice(t.selectionStart).split(":")[0])(document.activeElement)`, &caret)))
	if !strings.Contains(why, "The script has 2 errors.") || said != "2 errors" || caret != "comand" || focused == "" {
		t.Errorf("it says %q beside SEND and %q, the caret stands before %q, the mark says %q", why, said, caret, focused)
	}
	w.must(chromium.Do(ctx, chromedp.KeyEvent("\t"), wait(`document.activeElement.id !== "script"`), // Tab leaves the editor
		eval(`(t => { t.setSelectionRange(t.value.indexOf("comand"), t.value.indexOf("comand") + 6); t.focus(); 1 })(document.getElementById("script"))`, new(any)),
		chromedp.KeyEvent("cmd"), wait(marked+` === "" && !document.querySelector("form.software footer .go").disabled && !document.querySelector(".findings")`),
		chromedp.Text("#send-why", &why)))
	if !strings.Contains(why, "next telemetry message") {
		t.Errorf("afterwards it says %q beside SEND", why)
	}
}

func TestAChosenFileIsShownAndCheckedInTheEditor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.keros("box-1")
	w.open(web.Options{})
	file := filepath.Join(t.TempDir(), "forwarder.yml")
	w.must(os.WriteFile(file, []byte(badScript), 0o600))
	ctx := chromium.Open(t)
	w.enter(ctx)
	var typed string
	w.must(chromium.Do(ctx, chromedp.Navigate(w.url+"/devices/"+d.ID.String()+"/update"), chromedp.Click("#type-jetporch"), chromedp.SetUploadFiles("#file", []string{file}),
		wait(`document.querySelector("form.software footer .go").disabled`), chromedp.Value("#script", &typed), chromedp.Click("#type-magic_link"),
		wait(`!document.querySelector("form.software footer .go").disabled`))) // the script is not what would be sent
	if typed != badScript {
		t.Errorf("the editor shows %q", typed)
	}
}
