package sup

import (
	"encoding/json"
	"strings"
)

// Summary names the action and what it is about in a line for people:
// "file.install /etc/lorafwd.toml".
func (a Action) Summary() string {
	var p struct {
		Path, Name, Source, URL string
		Argv                    []string
	}
	if len(a.Params) > 0 {
		_ = json.Unmarshal(a.Params, &p) // a line without details is still true
	}
	for _, about := range []string{p.Path, p.Name, strings.Join(p.Argv, " "), p.URL, p.Source} {
		if about != "" {
			return a.Type + " " + about
		}
	}
	return a.Type
}
