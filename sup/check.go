package sup

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	modeForm     = regexp.MustCompile(`^[0-7]{3,4}$`)
	accountForm  = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$`)
	serviceForm  = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.:@\\-]{0,254}$`)
	softwareForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9+._-]{0,199}$`)
	releaseForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9+.:~_-]{0,199}$`)
	variableForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,99}$`)
	loopbackForm = regexp.MustCompile(`^https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?(/[!-~]{0,1000})?$`)
)

func (p *FileInstall) check(members map[string]bool) error {
	return cmp.Or(checkSource("source", p.Source, members), checkDevicePath("path", p.Path, false),
		checkMode(p.Mode), checkAccount("owner", p.Owner), checkAccount("group", p.Group))
}

func (p *FileRemove) check(map[string]bool) error {
	return checkDevicePath("path", p.Path, false)
}

func (p *DirectoryCreate) check(map[string]bool) error {
	return cmp.Or(checkDevicePath("path", p.Path, false), checkMode(p.Mode),
		checkAccount("owner", p.Owner), checkAccount("group", p.Group))
}

func (p *ArchiveExtract) check(members map[string]bool) error {
	err := cmp.Or(checkSource("source", p.Source, members), checkDevicePath("path", p.Path, true),
		checkRange("max_bytes", p.MaxBytes, 0, MaxTotalSize))
	if err != nil {
		return err
	}
	for _, ending := range []string{".tar", ".tar.gz", ".tar.zst"} {
		if strings.HasSuffix(p.Source, ending) {
			return nil
		}
	}
	return fmt.Errorf("source %s is no .tar, .tar.gz or .tar.zst", printable(p.Source))
}

func (p *CommandRun) check(map[string]bool) error {
	err := cmp.Or(checkArgv(p.Argv), checkEnvironment(p.Environment))
	if p.Directory != "" {
		err = cmp.Or(err, checkDevicePath("directory", p.Directory, true))
	}
	return err
}

func (p *ScriptRun) check(members map[string]bool) error {
	err := cmp.Or(checkSource("source", p.Source, members), checkArguments("arguments", p.Arguments), checkEnvironment(p.Environment))
	if p.Interpreter != "" {
		err = cmp.Or(err, checkProgram("interpreter", p.Interpreter))
	}
	if p.Undo != "" {
		err = cmp.Or(err, checkSource("undo", p.Undo, members))
	}
	return err
}

func (p *PlaybookApply) check(members map[string]bool) error {
	if err := checkSource("source", p.Source, members); err != nil {
		return err
	}
	if !strings.HasSuffix(p.Source, ".yaml") && !strings.HasSuffix(p.Source, ".yml") {
		return fmt.Errorf("source %s is no .yaml or .yml", printable(p.Source))
	}
	return checkChoice("engine", p.Engine, EngineAuto, EngineJetp, EngineBuiltin)
}

func (p *PackageInstall) check(members map[string]bool) error {
	if err := checkChoice("manager", p.Manager, "apt", "opkg"); err != nil {
		return err
	}
	switch {
	case (p.Source == "") == (p.Name == ""):
		return errors.New("give either source or name")
	case p.Source != "" && p.Version != "":
		return errors.New("version goes with name, not with source")
	case p.Source != "":
		return checkSource("source", p.Source, members)
	case !softwareForm.MatchString(p.Name):
		return fmt.Errorf("name %s is no package name", printable(p.Name))
	case p.Version != "" && !releaseForm.MatchString(p.Version):
		return fmt.Errorf("version %s is no package version", printable(p.Version))
	}
	return nil
}

func (p *PackageRemove) check(map[string]bool) error {
	if !softwareForm.MatchString(p.Name) {
		return fmt.Errorf("name %s is no package name", printable(p.Name))
	}
	return checkChoice("manager", p.Manager, "apt", "opkg")
}

func (p *Service) check(map[string]bool) error {
	if !serviceForm.MatchString(p.Name) {
		return fmt.Errorf("name %s is no service name", printable(p.Name))
	}
	return nil
}

func (p *RuntimeControl) check(map[string]bool) error { return nil }

func (p *FirmwareUpdate) check(members map[string]bool) error {
	return cmp.Or(checkSource("source", p.Source, members), checkChoice("installer", p.Installer, "rauc", "swupdate", "command"))
}

func (p *Reboot) check(map[string]bool) error {
	return checkRange("delay_seconds", p.DelaySeconds, 0, 3600)
}

func (p *CheckCommand) check(map[string]bool) error {
	return cmp.Or(checkArgv(p.Argv), checkAttempts(p.Attempts, p.Interval))
}

func (p *CheckHTTP) check(map[string]bool) error {
	if !loopbackForm.MatchString(p.URL) {
		return fmt.Errorf("url %s is no http or https address of localhost, 127.0.0.1 or [::1]", printable(p.URL))
	}
	if p.Status != 0 {
		if err := checkRange("status", p.Status, 100, 599); err != nil {
			return err
		}
	}
	return checkAttempts(p.Attempts, p.Interval)
}

func checkSource(name, member string, members map[string]bool) error {
	switch {
	case member == "":
		return fmt.Errorf("%s is missing", name)
	case !members[member]:
		return fmt.Errorf("%s %s is not a member of the package", name, printable(member))
	}
	return nil
}

func checkMode(mode string) error {
	if mode == "" {
		return nil
	}
	if !modeForm.MatchString(mode) {
		return fmt.Errorf("mode %s is not three or four octal digits", printable(mode))
	}
	if bits, _ := strconv.ParseUint(mode, 8, 32); bits&^0o777 != 0 {
		return fmt.Errorf("mode %s sets setuid, setgid or sticky, which no package may", mode)
	}
	return nil
}

func checkAccount(name, account string) error {
	if account != "" && !accountForm.MatchString(account) {
		return fmt.Errorf("%s %s is no user or group", name, printable(account))
	}
	return nil
}

func checkArgv(argv []string) error {
	if len(argv) == 0 {
		return errors.New("argv is empty")
	}
	return cmp.Or(checkProgram("argv", argv[0]), checkArguments("argv", argv[1:]))
}

// checkProgram takes an absolute path or a name that is looked up in PATH.
func checkProgram(name, program string) error {
	if program == "" || program == "." || program == ".." {
		return fmt.Errorf("%s names no program", name)
	}
	if !strings.Contains(program, "/") {
		if err := checkText(program); err != nil {
			return fmt.Errorf("%s: program %s %w", name, printable(program), err)
		}
		return nil
	}
	return checkDevicePath(name, program, false)
}

func checkArguments(name string, arguments []string) error {
	for _, a := range arguments {
		if strings.ContainsRune(a, 0) {
			return fmt.Errorf("%s: argument %s contains a NUL byte", name, printable(a))
		}
	}
	return nil
}

func checkEnvironment(environment map[string]string) error {
	for k, v := range environment {
		switch {
		case !variableForm.MatchString(k):
			return fmt.Errorf("environment: %s is no name of a variable", printable(k))
		case strings.HasPrefix(k, "SLUICE_"):
			return fmt.Errorf("environment: %s is set by the installer; choose another name", k)
		case strings.ContainsRune(v, 0):
			return fmt.Errorf("environment: the value of %s contains a NUL byte", k)
		}
	}
	return nil
}

func checkAttempts(attempts, interval int) error {
	return cmp.Or(checkRange("attempts", attempts, 0, 1000), checkRange("interval_seconds", interval, 0, 3600))
}

func checkRange[T int | int64](name string, n, low, high T) error {
	if n < low || n > high {
		return fmt.Errorf("%s is %d, not between %d and %d", name, n, low, high)
	}
	return nil
}

func checkChoice(name, value string, choices ...string) error {
	if value == "" {
		return nil
	}
	for _, c := range choices {
		if value == c {
			return nil
		}
	}
	return fmt.Errorf("%s is %s; use %s", name, printable(value), strings.Join(choices, ", "))
}
