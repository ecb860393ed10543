package script

import "fmt"

// Profile is a version of jetp that a script is checked for.
type Profile int

// The profiles, oldest first.
const (
	Released Profile = iota // 0.1.1, the published release
	Head                    // the unreleased development version
)

func (p Profile) String() string { return [...]string{"0.1.1", "head"}[p] }

// ParseProfile reads the name of a profile.
func ParseProfile(s string) (Profile, error) {
	for _, p := range []Profile{Released, Head} {
		if s == p.String() {
			return p, nil
		}
	}
	return 0, fmt.Errorf("there is no profile %q; there are 0.1.1 and head", s)
}
