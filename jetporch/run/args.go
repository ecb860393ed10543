package run

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sluicehq/sluice/jetporch/module"
	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/jetporch/template"
	"github.com/sluicehq/sluice/jetporch/value"
)

// maxDelay is the longest pause between attempts.
const maxDelay = 24 * 3600

func seconds(n uint64) time.Duration { return time.Duration(min(n, maxDelay)) * time.Second }

// render fills a text and names its place when that fails.
func render(what string, text script.Text, vars *value.Map) (string, error) {
	s, err := template.Render(text.Value, vars)
	if err == nil {
		return s, nil
	}
	at := text.Pos
	var wrong *template.Error
	if errors.As(err, &wrong) {
		at = text.At(wrong.Offset)
	}
	return "", fmt.Errorf("cannot evaluate %s at %d:%d: %w", what, at.Line, at.Col, err)
}

// strict renders a text and refuses what jetp refuses (jetporch.md 1.9).
func strict(what string, text script.Text, vars *value.Map) (string, error) {
	return screened(&script.Key{Name: what}, text, vars)
}

func screened(k *script.Key, text script.Text, vars *value.Map) (string, error) {
	s, err := render(k.Name, text, vars)
	if err != nil {
		return "", err
	}
	if s == "" && k.Kind != script.Path {
		return "", fmt.Errorf("%s at line %d evaluated to the empty text", k.Name, text.Pos.Line)
	}
	if k.Screen == script.Free {
		return s, nil
	}
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, script.StrictRefuses); i >= 0 {
		return "", fmt.Errorf("%s at line %d has the character %q, which is not allowed", k.Name, text.Pos.Line, s[i])
	}
	if strings.IndexByte(s, 0) >= 0 {
		return "", fmt.Errorf("%s at line %d has a null byte", k.Name, text.Pos.Line)
	}
	if k.Screen == script.Word && strings.Contains(s, " ") {
		return "", fmt.Errorf("%s at line %d is one word, and %q has a space", k.Name, text.Pos.Line, s)
	}
	return s, nil
}

func boolean(what, s string) (bool, error) {
	if s != "true" && s != "false" {
		return false, fmt.Errorf("%s is true or false, and %q is neither", what, s)
	}
	return s == "true", nil
}

func whole(what, s string) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || s[0] == '+' {
		return 0, fmt.Errorf("%s is a number in digits, and %q is none", what, s)
	}
	return n, nil
}

// condition tests an expression of the playbook.
func condition(text script.Text, vars *value.Map) (bool, error) {
	yes, err := template.True(text.Value, vars)
	if err == nil {
		return yes, nil
	}
	at := text.Pos
	var wrong *template.Error
	if errors.As(err, &wrong) {
		at = text.At(wrong.Offset)
	}
	return false, fmt.Errorf("cannot test the condition at %d:%d: %w", at.Line, at.Col, err)
}

// test renders failed_when or changed_when and tests the result. Only the test
// has the further variables.
func test(expr string, vars, extra *value.Map) (bool, error) {
	s, err := template.Render(expr, vars)
	if err != nil {
		return false, err
	}
	return template.True(s, value.Blend(vars, extra))
}

// arguments evaluates the parameters of a task by the kinds of their keys.
func arguments(t *script.Task, vars *value.Map) (module.Args, error) {
	a := module.Args{Texts: map[string]string{}, Lists: map[string][]string{}, Tests: map[string][]bool{}, Maps: map[string]*value.Map{}}
	for _, p := range t.Params {
		if err := argument(&a, p, vars); err != nil {
			return a, err
		}
	}
	if t.Module.Name == "shell" {
		return a, screenCommand(t, a)
	}
	return a, nil
}

func argument(a *module.Args, p script.Param, vars *value.Map) (err error) {
	name := p.Key.Name
	switch p.Key.Kind {
	case script.Plain:
		a.Texts[name] = p.Text.Value
	case script.Plains:
		for _, text := range p.List {
			a.Lists[name] = append(a.Lists[name], text.Value)
		}
	case script.Expr:
		if p.Key.Screen == script.Free {
			a.Texts[name] = p.Text.Value
			return nil
		}
		p.List = []script.Text{p.Text}
		fallthrough
	case script.Exprs:
		a.Tests[name] = []bool{}
		for _, text := range p.List {
			yes, err := condition(text, vars)
			if err != nil {
				return err
			}
			a.Tests[name] = append(a.Tests[name], yes)
		}
	case script.Names:
		a.Lists[name] = []string{}
		for _, text := range p.List {
			s, err := screened(p.Key, text, vars)
			if err != nil {
				return err
			}
			a.Lists[name] = append(a.Lists[name], s)
		}
	case script.Map:
		a.Maps[name], err = filled(p, vars)
	case script.Attrs:
		for _, own := range p.Own {
			s, err := screened(own.Key, own.Text, vars)
			if err != nil {
				return err
			}
			switch own.Key.Name {
			case "owner":
				a.Own.Owner = s
			case "group":
				a.Own.Group = s
			case "mode":
				a.Own.Mode = s
			}
		}
	default:
		return scalar(a, p, vars)
	}
	return err
}

func scalar(a *module.Args, p script.Param, vars *value.Map) error {
	s, err := screened(p.Key, p.Text, vars)
	if err != nil {
		return err
	}
	switch p.Key.Kind {
	case script.Bool:
		_, err = boolean(p.Key.Name, s)
	case script.Int:
		_, err = whole(p.Key.Name, s)
	}
	a.Texts[p.Key.Name] = s
	return err
}

// filled renders the texts at the top of a map, and all of params.
func filled(p script.Param, vars *value.Map) (*value.Map, error) {
	out := &value.Map{}
	for _, one := range p.Vars.Values {
		v, _ := p.Vars.Map.Get(one.Key.Value)
		if _, ok := v.(string); ok {
			text, err := render(one.Key.Value, one.Value, vars)
			if err != nil {
				return nil, err
			}
			if text == "" && p.Key.Name == "vars" {
				return nil, fmt.Errorf("%s at line %d evaluated to the empty text, which set does not take", one.Key.Value, one.Value.Pos.Line)
			}
			v = text
		} else if p.Key.Name == "params" {
			var err error
			if v, err = deep(v, vars); err != nil {
				return nil, err
			}
		}
		out.Set(one.Key.Value, v)
	}
	return out, nil
}

// deep renders every text inside a value. Each is filled by itself, so that
// no variable can change the shape of the JSON.
func deep(v any, vars *value.Map) (any, error) {
	switch v := v.(type) {
	case string:
		return template.Render(v, vars)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			var err error
			if out[i], err = deep(e, vars); err != nil {
				return nil, err
			}
		}
		return out, nil
	case *value.Map:
		out := &value.Map{}
		for _, k := range v.Keys() {
			e, _ := v.Get(k)
			filled, err := deep(e, vars)
			if err != nil {
				return nil, err
			}
			out.Set(k, filled)
		}
		return out, nil
	}
	return v, nil
}

// screenCommand refuses shell characters in a command that has tags, unless
// the task says unsafe: true.
func screenCommand(t *script.Task, a module.Args) error {
	cmd := t.Param("cmd").Text
	if a.Bool("unsafe", false) || !strings.Contains(cmd.Value, "{{") {
		return nil
	}
	if i := strings.IndexAny(a.Text("cmd"), script.LooseRefuses); i >= 0 {
		return fmt.Errorf("the command has the character %q after its variables were filled in; say unsafe: true if that is meant", a.Text("cmd")[i])
	}
	return nil
}
