package fact

import "strings"

// maxPackages bounds the list of installed packages.
const maxPackages = 8192

// Package is an installed package.
type Package struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// packageLists are where dpkg and opkg keep what is installed, in the same format.
var packageLists = []string{"/var/lib/dpkg/status", "/usr/lib/opkg/status", "/var/lib/opkg/status"}

// Packages lists what the package manager of the device installed, in its order.
func (r *Reader) Packages() []Package {
	var list []Package
	for _, path := range packageLists {
		var p Package
		installed := false
		end := func() {
			if installed && p.Name != "" && len(list) < maxPackages {
				list = append(list, p)
			}
			p, installed = Package{}, false
		}
		eachLine(r.path(path), func(line string) {
			if line == "" {
				end()
				return
			}
			switch key, value, _ := strings.Cut(line, ": "); key {
			case "Package":
				p.Name = strings.Clone(value)
			case "Version":
				p.Version = strings.Clone(value)
			case "Status":
				installed = strings.HasSuffix(value, " installed")
			}
		})
		end()
	}
	return list
}
