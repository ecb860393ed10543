package view

import (
	"slices"
	"strings"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// ConfirmPage is the question before a command is given.
type ConfirmPage struct {
	Frame    Frame
	Title    string
	Explain  string
	Do       string
	URL      string  // where the answer goes
	Fields   []Field // sent with it
	Back     Back
	Given    []Field // the variables
	Script   string  // that would run; "" for none
	Findings Findings
	Planned  []control.Planned
	To       int    // devices that would get it
	Refused  string // why none would, where To is 0
}

// Back is the way out of a question, with what was chosen.
type Back struct {
	URL    string
	Fields []Field // of a form; nil where it is a link
}

// NewConfirmPage says what would go to which devices. Once makes a second
// press of the button give nothing more.
func NewConfirmPage(t Target, c SoftwareChoice, what, once string, planned []control.Planned) ConfirmPage {
	p := ConfirmPage{Title: "Send " + what + " to " + t.Name + "?", URL: t.URL + "/update", Given: given(c.Variables)}
	p.Fields = append(c.fields(), Field{"once", once})
	p.Back = Back{URL: t.URL + "/update/plan", Fields: append(c.fields(), Field{"again", "1"})}
	if c.typed() {
		p.Script = c.Script
	}
	to, not := p.plan(planned)
	if p.To == 0 {
		return p
	}
	p.Do = "SEND to " + Count(p.To, "gateway")
	p.Explain = Upper(c.Type.Word()) + ", to " + someOf(to, ", ") + ". " + t.when() + " It can be cancelled until then."
	if c.Check {
		p.Fields = append(p.Fields, Field{"check", "1"})
		p.Title, p.Do = "Check "+what+" on "+t.Name+"?", "Check on "+Count(p.To, "gateway")
		p.Explain = "Nothing will be changed: the answer is what would change. " + p.Explain
	}
	p.refuse(not)
	if c.Type == fleet.JetPorch && !c.Check {
		p.Explain += affects
	}
	return p
}

const affects = " It may affect the connectivity and functionality of the gateway."

// NewApplyPage says on which devices the content of a check would be applied.
func NewApplyPage(u fleet.Update, once string, planned []control.Planned) ConfirmPage {
	here := "/updates/" + u.ID.String()
	p := ConfirmPage{Title: "Apply what check #" + u.ID.String() + " has shown?", URL: here + "/apply", Fields: []Field{{"once", once}},
		Back: Back{URL: here}, Given: given(u.Variables), Script: u.Content}
	to, not := p.plan(planned)
	p.Do = "Apply to " + Count(p.To, "gateway")
	p.Explain = "Exactly the content of the check, to " + someOf(to, ", ") + ": where the check succeeded. " +
		"It is sent to each gateway when its next telemetry message is received. It can be cancelled until then."
	p.refuse(not)
	p.Explain += affects
	return p
}

// Warn lists what was found, and names the warnings in the button.
func (p *ConfirmPage) Warn(list Findings) {
	p.Findings = list
	if len(list.Warnings()) == 0 {
		return
	}
	p.Fields = append(p.Fields, Field{"accept_warnings", "1"})
	p.Do = strings.Replace(p.Do, "SEND to", "Send it all the same to", 1)
}

// plan sorts the devices, those that would be refused first, and names them.
func (p *ConfirmPage) plan(planned []control.Planned) (to, not []string) {
	slices.SortStableFunc(planned, func(a, b control.Planned) int { return refusedFirst(a) - refusedFirst(b) })
	named := map[string]int{}
	for _, one := range planned {
		named[deviceName(one.Device)]++
	}
	for _, one := range planned {
		name := deviceName(one.Device)
		if named[name] > 1 {
			name = one.Device.Key // machines of one make like to have one name
		}
		if one.State == fleet.Refused {
			not = append(not, name+": "+one.Reason)
		} else {
			to = append(to, name)
		}
	}
	p.Planned, p.To = planned, len(to)
	if p.To == 0 {
		p.Refused = "Nothing can be sent. " + someOf(not, "; ") + "."
	}
	return to, not
}

func (p *ConfirmPage) refuse(not []string) {
	if len(not) > 0 {
		p.Explain += " Refused on " + Count(len(not), "gateway") + ": " + someOf(not, "; ") + "."
	}
}

func refusedFirst(p control.Planned) int {
	if p.State == fleet.Refused {
		return 0
	}
	return 1
}

// someOf joins the first few of a list and counts the rest.
func someOf(list []string, with string) string {
	n := len(list)
	text := strings.Join(list[:min(n, namedAtMost)], with)
	if n > namedAtMost {
		text += " and " + Number(n-namedAtMost) + " more"
	}
	return text
}

// shownAtMost bounds the rows of a plan, and the findings, on a page.
const shownAtMost = 200
