package sup

// The parameters of every action in the library. Paths on the device are
// absolute and lie below the device's root; a source names a member. The doc
// tags are the documentation: `sluice sup actions` and SPEC.md print them.

// FileInstall is for file.install.
type FileInstall struct {
	Source string `json:"source" doc:"the member"`
	Path   string `json:"path" doc:"where it goes on the device"`
	Mode   string `json:"mode,omitempty" doc:"octal, default 0644; setuid, setgid and sticky are refused"`
	Owner  string `json:"owner,omitempty" doc:"user name or number, default that of the installer"`
	Group  string `json:"group,omitempty" doc:"group name or number, default that of the installer"`
}

// FileRemove is for file.remove.
type FileRemove struct {
	Path string `json:"path" doc:"the file on the device"`
}

// DirectoryCreate is for directory.create.
type DirectoryCreate struct {
	Path  string `json:"path" doc:"the directory on the device"`
	Mode  string `json:"mode,omitempty" doc:"octal, default 0755; setuid, setgid and sticky are refused"`
	Owner string `json:"owner,omitempty" doc:"user name or number, default that of the installer"`
	Group string `json:"group,omitempty" doc:"group name or number, default that of the installer"`
}

// ArchiveExtract is for archive.extract.
type ArchiveExtract struct {
	Source   string `json:"source" doc:"the member: .tar, .tar.gz or .tar.zst"`
	Path     string `json:"path" doc:"the directory on the device"`
	MaxBytes int64  `json:"max_bytes,omitempty" doc:"limit for all unpacked files together, default 1 GiB"`
}

// CommandRun is for command.run.
type CommandRun struct {
	Argv        []string          `json:"argv" doc:"the program, absolute or a bare name, and its arguments"`
	Environment map[string]string `json:"environment,omitempty" doc:"variables added to the environment; SLUICE_… is reserved"`
	Directory   string            `json:"directory,omitempty" doc:"working directory on the device"`
}

// ScriptRun is for script.run.
type ScriptRun struct {
	Source      string            `json:"source" doc:"the member"`
	Interpreter string            `json:"interpreter,omitempty" doc:"the program that reads it, default /bin/sh"`
	Arguments   []string          `json:"arguments,omitempty" doc:"arguments of the script"`
	Environment map[string]string `json:"environment,omitempty" doc:"variables added to the environment; SLUICE_… is reserved"`
	Undo        string            `json:"undo,omitempty" doc:"a member that is run on rollback"`
}

// The engines of playbook.apply.
const (
	EngineAuto    = "auto"
	EngineJetp    = "jetp"
	EngineBuiltin = "builtin"
)

// PlaybookApply is for playbook.apply.
type PlaybookApply struct {
	Source string `json:"source" doc:"the member: a playbook in YAML, .yaml or .yml"`
	Engine string `json:"engine,omitempty" doc:"jetp (the device's own program), builtin (the agent's own runner), or auto: jetp where the device has it, else builtin; default auto"`
}

// PackageInstall is for package.install. Exactly one of Source and Name is
// given, and Version only with Name.
type PackageInstall struct {
	Source  string `json:"source,omitempty" doc:"a member, or"`
	Name    string `json:"name,omitempty" doc:"the name of a package in the device's repositories"`
	Version string `json:"version,omitempty" doc:"its exact version, default the newest"`
	Manager string `json:"manager,omitempty" doc:"apt or opkg, default what the device has"`
}

// PackageRemove is for package.remove.
type PackageRemove struct {
	Name    string `json:"name" doc:"the name of the package"`
	Manager string `json:"manager,omitempty" doc:"apt or opkg, default what the device has"`
}

// Service is for service.start, stop, restart, enable and check.service.
type Service struct {
	Name string `json:"name" doc:"the service"`
}

// ConfigSet is for config.set.
type ConfigSet struct {
	Path   string         `json:"path" doc:"the file on the device"`
	Format string         `json:"format,omitempty" doc:"json, yaml or ini, default by the ending of the path"`
	Values map[string]any `json:"values" doc:"dotted key to value; null removes the key"`
}

// RuntimeControl is for runtime.stop and runtime.start.
type RuntimeControl struct{}

// FirmwareUpdate is for firmware.update.
type FirmwareUpdate struct {
	Source    string `json:"source" doc:"the member"`
	Installer string `json:"installer,omitempty" doc:"rauc, swupdate or command, default what the device is configured with"`
}

// Reboot is for reboot.
type Reboot struct {
	DelaySeconds int `json:"delay_seconds,omitempty" doc:"seconds to wait before it, at most 3600, default 0"`
}

// CheckCommand is for check.command.
type CheckCommand struct {
	Argv     []string `json:"argv" doc:"the program, absolute or a bare name, and its arguments"`
	Attempts int      `json:"attempts,omitempty" doc:"how often it is tried, at most 1000, default 1"`
	Interval int      `json:"interval_seconds,omitempty" doc:"seconds between attempts, at most 3600, default 1"`
}

// DefaultHTTPAttempts is how often check.http tries where it does not say.
const DefaultHTTPAttempts = 5

// CheckHTTP is for check.http. The installer opens no connection of its own:
// the request is made by the configured program (curl or wget).
type CheckHTTP struct {
	URL      string `json:"url" doc:"http or https on localhost, 127.0.0.1 or [::1]"`
	Status   int    `json:"status,omitempty" doc:"the status that is expected, default 200"`
	Attempts int    `json:"attempts,omitempty" doc:"how often it is tried, at most 1000, default 5"`
	Interval int    `json:"interval_seconds,omitempty" doc:"seconds between attempts, at most 3600, default 1"`
}
