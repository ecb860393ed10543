package module

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/jetporch/template"
)

// hidden is the environment that templates do not see (jetporch.md 1.8).
var hidden = []string{"OLDPWD", "PWD", "SHLVL", "SSH_AUTH_SOCK", "SSH_AGENT_PID", "TERM_SESSION_ID", "_"}

// templateFile renders a template of the bundle to dest.
func templateFile(c *Call) (Plan, error) {
	src, err := c.source("templates", c.Args.Text("src"))
	if err != nil {
		return Plan{}, err
	}
	source, err := script.Read(script.Dir(filepath.Dir(src)), filepath.Base(src))
	if err != nil {
		return Plan{}, SourceError{fmt.Errorf("cannot read the template: %w", c.Host.named(err))}
	}
	if !utf8.Valid(source) {
		return Plan{}, SourceError{fmt.Errorf("cannot render %s: it is no text in UTF-8", filepath.Base(src))}
	}
	vars := c.Vars.Clone()
	for _, e := range c.Host.Env {
		name, v, _ := strings.Cut(e, "=")
		if !slices.Contains(hidden, name) && !strings.HasPrefix(name, "XPC_") {
			vars.Set("ENV_"+name, v)
		}
	}
	text, err := template.Render(string(source), vars)
	if err != nil {
		at := ""
		var e *template.Error
		if errors.As(err, &e) {
			whole, _ := script.Whole(src, source)
			pos := whole.At(e.Offset)
			at = fmt.Sprintf(" at %d:%d", pos.Line, pos.Col)
		}
		return Plan{}, SourceError{fmt.Errorf("cannot render %s%s: %w", filepath.Base(src), at, err)}
	}
	return content(c, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil })
}
