package operator

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

// acceptFlag is the flag that accepts warnings.
func acceptFlag(cmd *cobra.Command, accept *bool) {
	cmd.Flags().BoolVar(accept, "accept-warnings", false, "go on although the check of a script or bundle warns")
}

// withFindings prints what the server found in a script or bundle, a line each
// as a compiler does, and says how to go on. typed is the file of a script.
func withFindings(cmd *cobra.Command, err error, typed string) error {
	var refused *client.Error
	if !errors.As(err, &refused) {
		return err
	}
	for _, f := range refused.Findings {
		line := fmt.Sprintf("%s:%d:%d: %s %s: %s", cmp.Or(typed, f.File), f.Line, f.Column, f.Severity, f.Code, f.Sentence)
		if f.Mend != "" {
			line += "; " + f.Mend
		}
		fmt.Fprintln(cmd.ErrOrStderr(), clean(line))
	}
	if refused.Code == client.Unconfirmed {
		return fmt.Errorf("%w; give --accept-warnings to go on", err)
	}
	return err
}

// pairs reads NAME=VALUE of --var.
func pairs(list []string) (map[string]string, error) {
	if len(list) == 0 {
		return nil, nil
	}
	all := map[string]string{}
	for _, text := range list {
		name, value, ok := strings.Cut(text, "=")
		if _, twice := all[name]; !ok || name == "" || twice {
			return nil, usageError{fmt.Errorf("cannot read --var %q; give NAME=VALUE, each name once", text)}
		}
		all[name] = value
	}
	return all, nil
}

// variables are what was given, on a line.
func variables(given map[string]string) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(given)) {
		parts = append(parts, name+"="+given[name])
	}
	return strings.Join(parts, ", ")
}

// takes says on a line what may be given for a variable.
func takes(v client.Variable) string {
	said := cmp.Or(v.Type, "string")
	if len(v.Values) > 0 {
		said += " of " + strings.Join(v.Values, ", ")
	}
	if v.Pattern != "" {
		said += " that matches " + v.Pattern
	}
	if v.Required {
		said += ", required"
	}
	if v.Description != "" {
		said += ": " + v.Description
	}
	return said
}
