// Package compat decides whether a piece of software fits a device.
//
// Server and device hold the same requirement against the same facts with the
// same code, so that a refusal reads the same in the console, in the API and
// in the device's own log.
package compat

import (
	"fmt"
	"strings"
)

// Requirement says which devices a release is made for. An empty list or
// range asks for nothing. Words are compared without regard to case.
type Requirement struct {
	Kinds         []string `json:"kinds,omitempty"`         // gateway, thin_client
	Models        []string `json:"models,omitempty"`        // as the device reports it
	OS            []string `json:"os,omitempty"`            // linux, keros, elux …
	Architectures []string `json:"architectures,omitempty"` // amd64, arm64, armv7 …
	Versions      string   `json:"versions,omitempty"`      // range over the installed version, see Range
}

// Facts are what a device says of itself. An empty fact is unknown.
type Facts struct {
	Kind         string `json:"kind,omitempty"`
	Model        string `json:"model,omitempty"`
	OS           string `json:"os,omitempty"`
	Architecture string `json:"architecture,omitempty"`
	Version      string `json:"version,omitempty"` // of the software that the release replaces
}

// Refusal returns the sentence that says why a device with the given facts
// cannot take the software, and "" where it can. An unknown fact does not
// meet a requirement: nothing is installed on a guess.
func (r Requirement) Refusal(f Facts) string {
	for _, c := range []struct {
		what, have string
		want       []string
	}{
		{"kind", f.Kind, r.Kinds},
		{"model", f.Model, r.Models},
		{"operating system", f.OS, r.OS},
		{"architecture", f.Architecture, r.Architectures},
	} {
		if len(c.want) > 0 && !containsFold(c.want, c.have) {
			return fmt.Sprintf("%s is %s, the release is for %s", c.what, orUnknown(c.have), strings.Join(c.want, ", "))
		}
	}
	return r.versionRefusal(f.Version)
}

// Validate reports a range that cannot be read.
func (r Requirement) Validate() error {
	_, err := ParseRange(r.Versions)
	return err
}

func (r Requirement) versionRefusal(version string) string {
	rng, err := ParseRange(r.Versions)
	if err != nil {
		return err.Error()
	}
	if rng.Contains(version) {
		return ""
	}
	return fmt.Sprintf("installed version is %s, the release is for %s", orUnknown(version), r.Versions)
}

func containsFold(list []string, s string) bool {
	for _, v := range list {
		if strings.EqualFold(v, s) {
			return true
		}
	}
	return false
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}
