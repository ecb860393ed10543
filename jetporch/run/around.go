package run

import (
	"fmt"

	"github.com/sluicehq/sluice/jetporch/module"
	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/jetporch/value"
)

// defaultDelay is the pause between attempts, in seconds.
const defaultDelay = 1

// after evaluates the block "and".
func (d *doing) after(vars *value.Map) (a after, err error) {
	and := d.t.And
	a.delay = defaultDelay
	read := func(name string, text script.Text, into func(string) error) {
		if err != nil || !text.Given() {
			return
		}
		var s string
		if s, err = strict(name, text, vars); err == nil {
			err = into(s)
		}
	}
	read("notify", and.Notify, func(s string) error { a.notify = s; return nil })
	read("ignore_errors", and.IgnoreErrors, func(s string) (err error) { a.ignore, err = boolean("ignore_errors", s); return err })
	read("retry", and.Retry, func(s string) (err error) { a.retry, err = whole("retry", s); return err })
	read("delay", and.Delay, func(s string) (err error) { a.delay, err = whole("delay", s); return err })
	return a, err
}

// host decides as whom the task acts, and refuses every host but this one.
func (d *doing) host(vars *value.Map) (*module.Host, error) {
	w := d.t.With
	if w.DelegateTo.Given() {
		name, err := strict("delegate_to", w.DelegateTo, vars)
		if err != nil {
			return nil, err
		}
		if name != "localhost" {
			return nil, fmt.Errorf("cannot delegate to %q: there is no such host on the machine itself", name)
		}
		d.r.facts.Set("delegate_host", name)
		vars.Set("delegate_host", name)
	}
	sudo := d.r.o.Sudo
	if d.s.play.Sudo.Given() {
		sudo = d.s.play.Sudo.Value
	}
	if w.Sudo.Given() {
		var err error
		if sudo, err = screened(&script.Key{Name: "sudo", Screen: script.Word}, w.Sudo, vars); err != nil {
			return nil, err
		}
	}
	return d.r.host(d.s, sudo), nil
}
