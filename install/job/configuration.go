package job

// Configuration says how this device wants things done. Each command is an
// argv, run without a shell; the words in braces are replaced. An empty field
// takes the default of a systemd device.
type Configuration struct {
	// ServiceCommand runs {verb} (start, stop, restart, enable, disable,
	// is-active, is-enabled) on {service}; is-active and is-enabled answer by
	// their exit code.
	ServiceCommand []string `json:"service_command,omitempty"`
	// RuntimeService is the service of the agent's own runtime. RuntimeStop
	// and RuntimeStart override how it is stopped and started.
	RuntimeService string   `json:"runtime_service,omitempty"`
	RuntimeStop    []string `json:"runtime_stop,omitempty"`
	RuntimeStart   []string `json:"runtime_start,omitempty"`
	// FirmwareInstallers are the programs that write firmware, by name
	// (rauc, swupdate, command); {file} is the firmware.
	FirmwareInstallers map[string][]string `json:"firmware_installers,omitempty"`
	RebootCommand      []string            `json:"reboot_command,omitempty"`
	// BootIDPath is a file whose content changes with every boot.
	BootIDPath string `json:"boot_id_path,omitempty"`
	// PackageManager is apt, opkg, or auto: what is found in PATH.
	PackageManager string `json:"package_manager,omitempty"`
	// JetPorchCommand applies {playbook}. A bare name is looked up in PATH.
	JetPorchCommand []string `json:"jetporch_command,omitempty"`
	// HTTPCheckCommand gets {url} and prints the status of the answer, or, as
	// wget does, answers by its exit code only. Empty: curl, or wget, whichever
	// is found in PATH.
	HTTPCheckCommand []string `json:"http_check_command,omitempty"`
}

func (c Configuration) withDefaults() Configuration {
	if len(c.ServiceCommand) == 0 {
		c.ServiceCommand = []string{"systemctl", "{verb}", "{service}"}
	}
	if c.RuntimeService == "" {
		c.RuntimeService = "sluice-agent"
	}
	if len(c.RebootCommand) == 0 {
		c.RebootCommand = []string{"systemctl", "reboot"}
	}
	if c.BootIDPath == "" {
		c.BootIDPath = "/proc/sys/kernel/random/boot_id"
	}
	if c.PackageManager == "" {
		c.PackageManager = "auto"
	}
	if len(c.JetPorchCommand) == 0 {
		c.JetPorchCommand = []string{"jetp", "local", "-p", "{playbook}"}
	}
	return c
}
