package install

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sluicehq/sluice/sup"
)

const maxSummary = 200

// summarize says in a line what an action is about.
func summarize(a sup.Action) string {
	params, err := sup.DecodeParams(a)
	if err != nil {
		return ""
	}
	return limit(plain(summaryOf(params)), maxSummary)
}

func summaryOf(params any) string {
	switch p := params.(type) {
	case *sup.FileInstall:
		return p.Source + " to " + p.Path
	case *sup.FileRemove:
		return p.Path
	case *sup.DirectoryCreate:
		return p.Path
	case *sup.ArchiveExtract:
		return p.Source + " below " + p.Path
	case *sup.CommandRun:
		return strings.Join(p.Argv, " ")
	case *sup.ScriptRun:
		return strings.Join(append([]string{p.Source}, p.Arguments...), " ")
	case *sup.PackageInstall:
		return strings.TrimSpace(p.Source + p.Name + " " + p.Version)
	case *sup.PackageRemove:
		return p.Name
	case *sup.Service:
		return p.Name
	case *sup.ConfigSet:
		// Keys only: a value may be a secret.
		return p.Path + ": " + strings.Join(slices.Sorted(maps.Keys(p.Values)), ", ")
	case *sup.FirmwareUpdate:
		return strings.TrimSpace(p.Source + " " + p.Installer)
	case *sup.Reboot:
		return fmt.Sprintf("after %d s", p.DelaySeconds)
	case *sup.CheckCommand:
		return strings.Join(p.Argv, " ")
	case *sup.CheckHTTP:
		return p.URL
	}
	return ""
}
