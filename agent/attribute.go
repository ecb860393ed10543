package agent

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicehq/sluice/agent/fact"
	"github.com/sluicehq/sluice/compat"
)

// maxPackagesText bounds the list of installed packages as it is published.
const maxPackagesText = 60 << 10

const (
	defaultKind = "gateway"
	// os is what packages ask for in their compatibility; the distribution is
	// an attribute of its own.
	defaultOS = "linux"
)

// Facts are what packages are held against: the same words that the server
// gets as attributes.
func Facts(c Configuration, r *fact.Reader) compat.Facts {
	s := r.System()
	f := compat.Facts{Kind: c.Kind, Model: c.Model, OS: c.OS, Architecture: s.Architecture, Version: c.Version}
	if f.Kind == "" {
		f.Kind = defaultKind
	}
	if f.Model == "" {
		f.Model = s.Model
	}
	if f.OS == "" {
		f.OS = defaultOS
	}
	if c.VersionFile != "" {
		if version := r.Line(c.VersionFile); version != "" {
			f.Version = version
		}
	}
	if f.Version == "" {
		f.Version = s.OSVersion
	}
	return f
}

// attributes are what the device says of itself. What is unknown is left out.
func (r *Runtime) attributes() (map[string]string, error) {
	s, f := r.facts.System(), Facts(r.config, r.facts)
	packages := r.facts.Packages()
	ours, err := readInstalled(r.Layout)
	if err != nil {
		return nil, err
	}
	list, err := packageList(packages, ours)
	if err != nil {
		return nil, err
	}
	all := map[string]string{
		"os_name": f.OS, "os_version": s.OSVersion, "distribution": s.OSName, "architecture": f.Architecture,
		"model": f.Model, "kind": f.Kind, "version": f.Version, "hostname": s.Hostname, "kernel": s.Kernel,
		"agent_version":      r.Version,
		"telemetry_interval": strconv.FormatFloat(r.config.telemetryInterval().Seconds(), 'f', -1, 64),
		"installed_packages": list,
		"jetporch":           "true", // the agent brings a runner of its own
		"jetporch_check":     "true",
	}
	for key, value := range all {
		if all[key] = strings.ToValidUTF8(value, "?"); value == "" {
			delete(all, key)
		}
	}
	return all, nil
}

// packageList writes the packages as JSON, ours first, and leaves off the last
// ones where there is no room.
func packageList(system []fact.Package, ours map[string]string) (string, error) {
	list := []fact.Package{}
	for name, version := range ours {
		list = append(list, fact.Package{Name: name, Version: version})
	}
	slices.SortFunc(list, func(a, b fact.Package) int { return strings.Compare(a.Name, b.Name) })
	list = append(list, system...)
	for {
		text, err := json.Marshal(list)
		if err != nil || len(text) <= maxPackagesText {
			return string(text), err
		}
		list = list[:len(list)*maxPackagesText/(len(text)+1)]
	}
}
