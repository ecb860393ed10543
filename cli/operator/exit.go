package operator

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/sluicehq/sluice/client"
)

// The exit codes.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitNotFound    = 3
	exitRefused     = 4
	exitDenied      = 5
	exitUnavailable = 6
)

// exits is the one table of exit codes.
var exits = []struct {
	exit    int
	meaning string
	codes   []client.Code
}{
	{exitOK, "done", nil},
	{exitFailed, "failed", []client.Code{client.Internal}},
	{exitUsage, "wrong usage", nil},
	{exitNotFound, "not found", []client.Code{client.NotFound}},
	{exitRefused, "refused, or not in the state for it", []client.Code{client.Conflict, client.Unconfirmed, client.Invalid}},
	{exitDenied, "denied, or not signed in", []client.Code{client.Denied}},
	{exitUnavailable, "server not reached, or not able now", []client.Code{client.Unavailable}},
}

// exitHelp is the table as a line of help.
func exitHelp() string {
	var parts []string
	for _, e := range exits {
		parts = append(parts, fmt.Sprintf("%d %s", e.exit, e.meaning))
	}
	return "Exit code: " + strings.Join(parts, "; ") + "."
}

// ExitCode is 0 for nil. An error that has a method ExitCode decides itself,
// so that one call serves the commands of other packages too.
func ExitCode(err error) int {
	if err == nil {
		return exitOK
	}
	var own interface{ ExitCode() int }
	if errors.As(err, &own) {
		return own.ExitCode()
	}
	if code := client.CodeOf(err); code != "" {
		for _, e := range exits {
			if slices.Contains(e.codes, code) {
				return e.exit
			}
		}
	}
	var unreached *url.Error
	if errors.As(err, &unreached) {
		return exitUnavailable
	}
	return exitFailed
}

// outcome is an error that says how an update ended.
type outcome struct {
	exit int
	text string
}

func (o outcome) Error() string { return o.text }

// ExitCode is the code of the table that the outcome has.
func (o outcome) ExitCode() int { return o.exit }
