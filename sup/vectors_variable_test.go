package sup_test

import (
	"fmt"
	"strings"
	"testing/fstest"

	"github.com/sluicehq/sluice/sup"
	"github.com/sluicehq/sluice/variable"
)

// playbookManifest declares a variable of every type for its playbook.
func playbookManifest() sup.Manifest {
	return sup.Manifest{
		Name: "vector", Version: "1.2.0", ReleaseCounter: 7,
		Variables: []variable.Variable{
			{Name: "channel", Description: "where it gets its updates", Values: []string{"stable", "beta"}, Required: true},
			{Name: "host", Type: variable.String, Pattern: `[a-z0-9.-]{1,100}`},
			{Name: "port", Type: variable.Integer},
			{Name: "verbose", Type: variable.Boolean},
		},
		Actions: []sup.Action{{Type: "playbook.apply", Params: params(sup.PlaybookApply{Source: "play.yaml"})}},
	}
}

// variables are those that an owner may declare.
func (c *collector) variables() {
	files := fstest.MapFS{"play.yaml": {Data: []byte("- name: demo\n  groups: [all]\n")}}
	c.add("good-variables", "variables of every type", "good", build(c.t, playbookManifest(), files, 1))
	c.edits([]edit{{"variable-without-playbook", "a variable that nothing could use", `"actions":[`, `"variables":[{"name":"a","type":"boolean"}],"actions":[`,
		"it declares variables, and has no playbook.apply that could use them"}})
	for name, v := range map[string]struct{ declared, expect string }{
		"no-name":        {`{"name":"","type":"integer"}`, `the variable "" has no name of 1 to 64 letters, digits and underscores that begins with no digit`},
		"name-digit":     {`{"name":"1st","type":"integer"}`, `the variable "1st" has no name of 1 to 64 letters, digits and underscores that begins with no digit`},
		"name-dot":       {`{"name":"a.b","type":"integer"}`, `the variable "a.b" has no name of 1 to 64 letters, digits and underscores that begins with no digit`},
		"twice":          {`{"name":"a","type":"integer"},{"name":"a","type":"boolean"}`, "the variable a is declared twice"},
		"free-text":      {`{"name":"a"}`, "the variable a is a string without a pattern or values: give one, free text is never taken"},
		"type":           {`{"name":"a","type":"float"}`, `the variable a has the type "float"; use string, integer or boolean`},
		"pattern":        {`{"name":"a","pattern":"[a-"}`, "the variable a has a pattern that cannot be read: error parsing regexp: missing closing ]: `[a-`"},
		"pattern-long":   {`{"name":"a","pattern":"` + strings.Repeat("a", 257) + `"}`, "the variable a has a pattern that is not text of at most 256 bytes"},
		"pattern-number": {`{"name":"a","type":"integer","pattern":"1"}`, "the variable a has a pattern, which only a string may have"},
		"value-number":   {`{"name":"a","type":"integer","values":["one"]}`, `the variable a lists the value "one", which is no whole number in plain decimal digits`},
		"value-pattern":  {`{"name":"a","pattern":"[a-z]","values":["ab"]}`, `the variable a lists the value "ab", which does not match its pattern`},
		"value-twice":    {`{"name":"a","values":["x","x"]}`, `the variable a lists the value "x" twice`},
		"value-escape":   {`{"name":"a","values":["\u001b[2J"]}`, `the variable a lists the value "\x1b[2J", which has a control character`},
		"value-boolean":  {`{"name":"a","type":"boolean","values":["true"]}`, "the variable a lists values, and those of a boolean are true and false"},
		"description":    {`{"name":"a","type":"integer","description":"a\nb"}`, "the variable a has a description that is not one line of at most 500 bytes"},
		"unknown-key":    {`{"name":"a","type":"integer","default":"1"}`, `cannot read manifest: unknown field "default"`},
		"too-many":       {manyVariables(33), "33 variables are declared, more than the 32 allowed"},
	} {
		payload := string(goodPayload(c.t))
		payload = strings.Replace(payload, `"path":"notes.md"`, `"path":"notes.yaml"`, 1)
		payload = strings.Replace(payload, `"actions":[`, `"variables":[`+v.declared+`],"actions":[{"type":"playbook.apply","params":{"source":"notes.yaml"}},`, 1)
		c.add("variable-"+name, "a declaration that is no good", refused+v.expect, forge(c.t, []byte(payload), 1).bytes())
	}
}

func manyVariables(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf(`{"name":"a%d","type":"integer"}`, i)
	}
	return strings.Join(all, ",")
}
