package lint

import (
	"strings"

	"github.com/sluicehq/sluice/jetporch/script"
)

// maxMatches is how many tasks and handlers are looked at for events, a role
// counted once for each play that uses it. Beyond it nothing is said of them.
const maxMatches = 1_000_000

// events checks that events are notified and heard. They last as long as their
// play, so that a handler of another play never hears them (jetporch.md 1.6).
func (l *linter) events() {
	met := map[*script.Task]bool{} // in some play the other side is there
	looked := 0
	for _, p := range l.b.Plays {
		tasks, handlers := l.inPlay(p)
		for _, list := range append(tasks, handlers...) {
			looked += len(list)
		}
		if looked > maxMatches {
			return
		}
		meet(tasks, handlers, met)
	}
	l.b.Tasks(func(t *script.Task) {
		if e := t.And.Notify; e.Given() && !t.Handler && !dynamic(e) && !met[t] {
			l.report(t.File, script.DeafNotify, e.Pos, "", "no handler of the play subscribes to %q", e.Value)
		}
		if e := t.With.Subscribe; e.Given() && t.Handler && !met[t] {
			l.report(t.File, script.SilentHandler, e.Pos, "", "nothing in the play notifies %q, so this handler never runs", e.Value)
		}
	})
}

// inPlay is the tasks and the handlers of a play and of its roles.
func (l *linter) inPlay(p *script.Play) (tasks, handlers [][]*script.Task) {
	tasks, handlers = [][]*script.Task{p.Tasks}, [][]*script.Task{p.Handlers}
	seen := map[*script.Role]bool{nil: true}
	for _, u := range p.Roles {
		if r := l.b.Roles[u.Role.Value]; !seen[r] {
			seen[r] = true
			tasks, handlers = append(tasks, r.Tasks), append(handlers, r.Handlers)
		}
	}
	return tasks, handlers
}

// meet notes the tasks whose event a handler of the play subscribes to, and
// the handlers whose event a task notifies, or may notify by a template.
func meet(tasks, handlers [][]*script.Task, met map[*script.Task]bool) {
	subscribed, notified, any := map[string]bool{}, map[string]bool{}, false
	for _, list := range handlers {
		for _, t := range list {
			subscribed[t.With.Subscribe.Value] = true
		}
	}
	for _, list := range tasks {
		for _, t := range list {
			if e := t.And.Notify; e.Given() {
				name := strings.TrimSpace(e.Value)
				notified[name], any = true, any || dynamic(e)
				if subscribed[name] {
					met[t] = true
				}
			}
		}
	}
	for _, list := range handlers {
		for _, t := range list {
			if any || notified[t.With.Subscribe.Value] {
				met[t] = true
			}
		}
	}
}

func dynamic(e script.Text) bool { return strings.Contains(e.Value, "{{") }
