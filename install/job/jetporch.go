package job

import (
	"os"
	"path/filepath"
	"strings"
)

// defaultPath is where programs are looked up when PATH is not set.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// SearchPath is the PATH of every command that the installer runs.
func SearchPath() string {
	if path := os.Getenv("PATH"); path != "" {
		return path
	}
	return defaultPath
}

// JetPorch returns the command that applies {playbook} on the device, and
// whether the device has its program. A bare name is looked up in PATH below
// root, so that a sandbox never gets the program of the machine that it is on;
// a path is taken as it is configured.
func (c Configuration) JetPorch(root string) (argv []string, found bool) {
	argv = append(argv, c.withDefaults().JetPorchCommand...)
	if strings.Contains(argv[0], "/") {
		return argv, executable(argv[0])
	}
	for _, dir := range filepath.SplitList(SearchPath()) {
		if path := filepath.Join("/", root, dir, argv[0]); filepath.IsAbs(dir) && executable(path) {
			argv[0] = path
			return argv, true
		}
	}
	return argv, false
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
