package demo

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// model is what the demo's gateways say they are; the example packages are
// for it.
const model = "Sluice Demo Gateway"

// serviceScript starts and stops the services of a sandbox, as systemd does
// on a device.
//
//go:embed service.sh
var serviceScript []byte

// sandbox is a folder that an agent takes for the root of its device.
type sandbox struct{ root string }

// newSandbox makes the root of a gateway with its first configuration.
func newSandbox(dir, hostname string) (sandbox, error) {
	s := sandbox{root: dir}
	for path, file := range map[string]struct {
		text string
		mode os.FileMode
	}{
		"etc/lorafwd/config.json":   {"{\n  \"server\": {\"address\": \"old.example.org\", \"port\": 1680},\n  \"radio\": {\"legacy\": true}\n}\n", 0o644},
		"opt/lorafwd/bin/lorafwd":   {"#!/bin/sh\n[ \"${1:-run}\" = version ] && { echo lorafwd 1.1.0; exit; }\nexec sleep 86400\n", 0o755},
		"etc/os-release":            {"ID=linux\nVERSION_ID=1\nPRETTY_NAME=\"Demo Linux\"\n", 0o644},
		"usr/lib/sluice/service.sh": {string(serviceScript), 0o755},
		"etc/hostname":              {hostname + "\n", 0o644},
		"run/boot_id":               {"first-boot\n", 0o644},
	} {
		full := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return s, fmt.Errorf("cannot make a sandbox: %w", err)
		}
		if err := os.WriteFile(full, []byte(file.text), file.mode); err != nil {
			return s, fmt.Errorf("cannot make a sandbox: %w", err)
		}
	}
	return s, nil
}

// service is the argv by which the installer controls a service.
func (s sandbox) service() []string {
	return []string{filepath.Join(s.root, "usr/lib/sluice/service.sh"), s.root, "{verb}", "{service}"}
}

// stop ends the services that were started in the sandbox.
func (s sandbox) stop() error {
	files, err := filepath.Glob(filepath.Join(s.root, "run/*.pid"))
	if err != nil {
		return err
	}
	var errs []error
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil || pid <= 1 {
			errs = append(errs, fmt.Errorf("cannot stop a service: %s holds no process id", file))
			continue
		}
		if err := syscall.Kill(pid, syscall.SIGTERM); err != nil && !errors.Is(err, syscall.ESRCH) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// version is what the program in the sandbox is now.
func (s sandbox) holds(path, text string) (bool, error) {
	content, err := os.ReadFile(filepath.Join(s.root, path))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return strings.Contains(string(content), text), err
}
