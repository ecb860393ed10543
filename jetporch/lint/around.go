package lint

import (
	"strings"

	"github.com/sluicehq/sluice/jetporch/script"
)

var (
	retryKey    = &script.Key{Name: "retry", Kind: script.Int}
	delayKey    = &script.Key{Name: "delay", Kind: script.Int}
	ignoreKey   = &script.Key{Name: "ignore_errors", Kind: script.Bool}
	notifyKey   = &script.Key{Name: "notify"}
	itemKey     = &script.Key{Name: "an entry of items"}
	sudoKey     = &script.Key{Name: "sudo", Screen: script.Word}
	delegateKey = &script.Key{Name: "delegate_to"}
)

// with checks what decides on a task before it runs.
func (l *linter) with(t *script.Task) {
	w := t.With
	before := *t
	if l.b.Profile == script.Head {
		// It is tested once, before there is an item.
		before.With.HasItems = false
	}
	l.condition(&before, w.Condition)
	l.itemCondition(t)
	for _, item := range w.List {
		l.value(t, itemKey, item)
	}
	if w.HasItems && w.Items.Given() {
		switch name := w.Items.Value; {
		case strings.ContainsAny(name, "{. "):
			l.report(t.File, script.BadItems, w.Items.Pos, "write the name of a variable", "items is the name of a list and no template")
		case !l.known(t, name, nil):
			l.report(t.File, script.UndefinedName, w.Items.Pos, "", "nothing seems to define the list %q", name)
		}
		l.entries(t, w.Items.Value)
	}
	l.value(t, sudoKey, w.Sudo)
	l.value(t, delegateKey, w.DelegateTo)
	if host := strings.TrimSpace(w.DelegateTo.Value); w.DelegateTo.Given() && !strings.Contains(host, "{{") && host != "localhost" {
		l.report(t.File, script.UnknownHost, w.DelegateTo.Pos, "write localhost, or leave it out", "there is no host %q on the machine itself", host)
	}
	switch {
	case !t.Handler && w.Subscribe.Given():
		l.report(t.File, script.IdleSubscribe, w.Subscribe.Pos, "move it to handlers", "only handlers subscribe; this task always runs")
	case t.Handler && w.Pos.Line == 0:
		l.report(t.File, script.AlwaysHandler, t.Pos, "add with: { subscribe: … }", "a handler without with always runs")
	case t.Handler && !w.Subscribe.Given():
		l.report(t.File, script.NoSubscribe, w.Pos, "add subscribe", "this handler has with and no subscribe, on which jetp panics")
	}
}

// and checks what happens after a task.
func (l *linter) and(t *script.Task) {
	a := t.And
	l.value(t, notifyKey, a.Notify)
	l.value(t, retryKey, a.Retry)
	l.value(t, delayKey, a.Delay)
	l.value(t, ignoreKey, a.IgnoreErrors)
	if t.Handler && a.Notify.Given() {
		l.report(t.File, script.IdleSubscribe, a.Notify.Pos, "", "handlers do not notify; this does nothing")
	}
	if retry := strings.TrimSpace(a.Retry.Value); a.Retry.Given() && retry != "0" && strings.TrimSpace(a.IgnoreErrors.Value) == "true" {
		l.report(t.File, script.RetryIgnored, a.Retry.Pos, "choose one", "with ignore_errors the first failure is the end, and nothing is tried again")
	}
}
