package demo_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/sluicehq/sluice/internal/chromium"
)

// opened is a demo whose console is open.
type opened struct {
	t             *testing.T
	url, password string
	temp          string
	said          string // before that
}

// openDemo starts the demo, which ends with the test and leaves nothing.
func openDemo(t *testing.T, args ...string) opened {
	t.Helper()
	cmd, temp := demoCommand(t, append(args, "--listen", "127.0.0.1:0")...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_, _ = io.Copy(io.Discard, out)
		if err := cmd.Wait(); err != nil {
			t.Errorf("the demo ended with %v", err)
		}
		leftNothing(t, temp)
	})
	open := regexp.MustCompile(`^The console is open at (http://\S+) \(admin, (\S+)\)`)
	var said strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if found := open.FindStringSubmatch(lines.Text()); found != nil {
			return opened{t, found[1], found[2], temp, said.String()}
		}
	}
	t.Fatal("the demo ended before its console was open")
	return opened{}
}

// until polls the page until the script is true.
func until(script string) chromedp.Action {
	return chromedp.Poll(script, nil, chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(time.Minute))
}

// rows waits until the update's page says this of n gateways.
func rows(n int, sentence string) chromedp.Action {
	return until(`[...document.querySelectorAll("#update-executions tbody tr")].filter(r => r.textContent.includes("` + sentence + `")).length === ` + strconv.Itoa(n))
}

func (o opened) do(ctx context.Context, actions ...chromedp.Action) {
	o.t.Helper()
	for i, a := range actions {
		if err := chromium.Do(ctx, a); err != nil {
			o.t.Fatalf("step %d: %v", i+1, err)
		}
	}
}

const (
	siteScript = "- name: site\n  groups: [all]\n  tasks:\n    - !directory\n      name: folder\n      path: /etc/site\n" +
		"    - !file\n      name: mark\n      path: /etc/site/ready\n      attributes: { mode: \"0o640\" }\n"
	yes = "dialog[open] [value=yes]"
)

// TestAScriptIsLintedCheckedAppliedAndReportedOnRealAgents is the way of a
// JetPorch script through the console to a group of real agents.
func TestAScriptIsLintedCheckedAppliedAndReportedOnRealAgents(t *testing.T) {
	t.Parallel()
	o := openDemo(t, "--agents", "3", "--devices", "1")
	ctx := chromium.Open(t)
	var group, check, tasks string
	link := `[...document.querySelectorAll("main a")].find(a => a.textContent.trim() === "Real agents").getAttribute("href")`
	o.do(ctx, chromedp.Navigate(o.url+"/"), chromedp.WaitVisible("#password"), chromedp.SendKeys("#name", "admin"),
		chromedp.SendKeys("#password", o.password+"\r"), chromedp.WaitVisible("#devices"),
		chromedp.Navigate(o.url+"/groups"), chromedp.Evaluate(link, &group))
	software := o.url + group + "/update"

	// A mistake keeps it from being sent.
	o.do(ctx, chromedp.Navigate(software), chromedp.Click("#type-jetporch"), chromedp.SendKeys("#script", strings.Replace(siteScript, "path: /etc/site\n", "pfad: /etc/site\n", 1)),
		until(`document.querySelector('.findings [data-line="6"]') && document.querySelector("form.software footer .go").disabled`),
		chromedp.Evaluate(`document.getElementById("script").value = ""`, nil), chromedp.SendKeys("#script", siteScript), until(`!document.querySelector("form.software footer .go").disabled`))

	// The check changes nothing and says what would change.
	o.do(ctx, chromedp.Click("form.software [name=check]"), chromedp.WaitVisible("dialog[open]"), chromedp.Click(yes),
		chromedp.WaitVisible("#update-executions"), chromedp.Location(&check), rows(3, "would change 2 of 2 tasks: folder, mark"))
	if made := o.made(); len(made) != 0 {
		t.Errorf("the check made %v", made)
	}

	// The second click applies exactly that.
	o.do(ctx, chromedp.Click(`form[action$="/apply/plan"] button`), chromedp.WaitVisible("dialog[open]"), chromedp.Click(yes),
		chromedp.WaitVisible(`.facts-line a[href="`+strings.TrimPrefix(check, o.url)+`"]`), rows(3, "changed 2 of 2 tasks: folder, mark"))
	if made := o.made(); len(made) != 3 {
		t.Errorf("it was applied on %v", made)
	}
	o.do(ctx, chromedp.Click(`#update-executions a[href^="/executions/"]`), chromedp.WaitVisible("#actions-title"),
		until(`document.querySelector("main").textContent.includes("mark")`), chromedp.Text("main", &tasks))
	if !strings.Contains(tasks, "folder") || !strings.Contains(tasks, "Created") {
		t.Errorf("the story has no tasks: %s", tasks)
	}

	// The same script again changes nothing.
	o.do(ctx, chromedp.Navigate(software), chromedp.Click("#type-jetporch"), chromedp.SendKeys("#script", siteScript),
		until(`!document.querySelector("form.software footer .go").disabled`), chromedp.Click("form.software footer .go"),
		chromedp.WaitVisible("dialog[open]"), chromedp.Click(yes), chromedp.WaitVisible("#last-updates"), chromedp.Click(`#last-updates .eye`),
		chromedp.WaitVisible("#update-executions"), rows(3, "changed nothing: all 2 tasks are as they should be"))
}

// made lists the files that the script makes, on all agents.
func (o opened) made() []string {
	o.t.Helper()
	found, err := filepath.Glob(filepath.Join(o.temp, "sluice-demo-*", "agent-*", "root", "etc", "site", "ready"))
	if err != nil {
		o.t.Fatal(err)
	}
	return found
}
