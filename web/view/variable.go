package view

import (
	"maps"
	"slices"
	"strings"

	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/variable"
)

// VariableField is the name of the field of a bundle's variable. The bundle
// is part of it, since the fields of every bundle stand on one form.
func VariableField(bundle fleet.ReleaseID, name string) string {
	return VariableFields(bundle) + name
}

// VariableFields is what the names of the fields of a bundle begin with.
func VariableFields(bundle fleet.ReleaseID) string { return "var." + bundle.String() + "." }

// given are the variables of an update, by name.
func given(values map[string]string) []Field {
	var list []Field
	for _, name := range slices.Sorted(maps.Keys(values)) {
		list = append(list, Field{name, values[name]})
	}
	return list
}

// choices are the only values that a variable may have; nil where it is
// typed.
func choices(v variable.Variable) []string {
	if v.Type == variable.Boolean {
		return []string{"true", "false"}
	}
	return v.Values
}

// notChosen is the first entry of a list of values.
func notChosen(v variable.Variable) string {
	if v.Required {
		return "Choose…"
	}
	return "Not given"
}

// variableHint says what may be given. The pattern is told and not put on the
// field: browsers read patterns otherwise than the server and the device do.
func variableHint(v variable.Variable) string {
	allowed := ""
	if len(choices(v)) == 0 {
		allowed = Upper(v.Allowed()) + "."
	}
	need := ""
	if v.Required {
		need = "Required."
	}
	said := Upper(v.Description)
	if said != "" && !strings.HasSuffix(said, ".") {
		said += "."
	}
	return joined(" ", said, allowed, need)
}

// declared says of each variable in words what it takes.
func declared(list []variable.Variable) []Field {
	var lines []Field
	for _, v := range list {
		said := v.Allowed()
		if v.Required {
			said = "required, " + said
		}
		lines = append(lines, Field{v.Name, joined(": ", said, v.Description)})
	}
	return lines
}
