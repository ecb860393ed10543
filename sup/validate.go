package sup

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/sluicehq/sluice/compat"
	"github.com/sluicehq/sluice/variable"
)

var (
	packageName    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	packageVersion = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+~:-]*$`)
	sha256Hex      = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// Validate reports the first thing that makes a manifest useless or unsafe,
// as *Error: a name, a limit, a member, an action or its parameters.
func (m *Manifest) Validate() error {
	if err := m.validateHead(); err != nil {
		return err
	}
	members, err := m.validateMembers()
	if err != nil {
		return err
	}
	return m.validateActions(members)
}

func (m *Manifest) validateHead() error {
	switch {
	case m.Format != Format:
		return refuse("its format is %s, this version reads %s; update the program that reads it", printable(m.Format), Format)
	case len(m.Name) > MaxName || !packageName.MatchString(m.Name):
		return refuse("its name %s is not 1 to %d letters, digits, dots, underscores and hyphens", printable(m.Name), MaxName)
	case len(m.Version) > MaxName || !packageVersion.MatchString(m.Version):
		return refuse("its version %s is not 1 to %d letters, digits and . _ + ~ : -", printable(m.Version), MaxName)
	case len(m.Description) > MaxText || checkText(strings.ReplaceAll(m.Description, "\n", " ")) != nil:
		return refuse("its description is not text of at most %d bytes without control characters", MaxText)
	case m.ReleaseCounter < 1 || m.ReleaseCounter > MaxCounter:
		return refuse("its release counter is %d; it counts from 1 to %d", m.ReleaseCounter, int64(MaxCounter))
	case m.TimeoutSeconds < 0 || m.TimeoutSeconds > MaxTimeout:
		return refuse("its timeout of %d seconds is not between 0 and %d", m.TimeoutSeconds, MaxTimeout)
	}
	return validateCompatibility(m.Compatibility)
}

func validateCompatibility(r compat.Requirement) error {
	for _, list := range [][]string{r.Kinds, r.Models, r.OS, r.Architectures} {
		if len(list) > MaxWords {
			return refuse("its compatibility has a list of %d words, more than the %d allowed", len(list), MaxWords)
		}
		for _, word := range list {
			if word == "" || len(word) > MaxName || checkText(word) != nil {
				return refuse("its compatibility: %s is not text of 1 to %d bytes without control characters", printable(word), MaxName)
			}
		}
	}
	if err := r.Validate(); err != nil {
		return refuse("its compatibility: %v", err)
	}
	return nil
}

// validateMembers returns the set of the members' paths.
func (m *Manifest) validateMembers() (map[string]bool, error) {
	if len(m.Members) > MaxMembers {
		return nil, refuse("it lists %d members, more than the %d allowed", len(m.Members), MaxMembers)
	}
	paths, directories := make(map[string]bool, len(m.Members)), map[string]bool{}
	var total int64
	for i, member := range m.Members {
		if err := checkMember(member); err != nil {
			return nil, err
		}
		if paths[member.Path] {
			return nil, refuseMember(member.Path, "it is listed twice")
		}
		if i > 0 && m.Members[i-1].Path > member.Path {
			return nil, refuseMember(member.Path, "it is not listed in ascending order of the paths")
		}
		if total += member.Size; total > MaxTotalSize {
			return nil, refuseMember(member.Path, "with it the members have more than the %d bytes allowed", int64(MaxTotalSize))
		}
		paths[member.Path] = true
		for d := path.Dir(member.Path); d != "." && !directories[d]; d = path.Dir(d) {
			directories[d] = true
		}
	}
	for d := range directories {
		if paths[d] {
			return nil, refuseMember(d, "it is a file and the directory of another member")
		}
	}
	return paths, nil
}

func checkMember(m Member) error {
	if err := checkMemberPath(m.Path); err != nil {
		return refuseMember(m.Path, "%v", err)
	}
	if m.Size < 0 || m.Size > MaxMemberSize {
		return refuseMember(m.Path, "its size of %d bytes is not between 0 and %d", m.Size, int64(MaxMemberSize))
	}
	if !sha256Hex.MatchString(m.SHA256) {
		return refuseMember(m.Path, "its SHA-256 is not 64 lower-case hexadecimal digits")
	}
	return nil
}

func (m *Manifest) validateActions(members map[string]bool) error {
	if len(m.Actions) == 0 {
		return refuse("it has no action")
	}
	if len(m.Actions) > MaxActions {
		return refuse("it has %d actions, more than the %d allowed", len(m.Actions), MaxActions)
	}
	playbooks := 0
	for i, a := range m.Actions {
		if a.Type == ActionPlaybookApply {
			playbooks++
		}
		if err := a.validate(members); err != nil {
			return refuse("action %d (%s): %v", i+1, printable(a.Type), err)
		}
	}
	if len(m.Variables) > 0 && playbooks == 0 {
		return refuse("it declares variables, and has no %s that could use them", ActionPlaybookApply)
	}
	if err := variable.CheckDeclared(m.Variables); err != nil {
		return refuse("%v", err)
	}
	return nil
}

func sortMembers(members []Member) {
	slices.SortFunc(members, func(a, b Member) int { return cmp.Compare(a.Path, b.Path) })
}
