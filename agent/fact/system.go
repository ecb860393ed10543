package fact

import (
	"bytes"
	"net"
	"runtime"
	"slices"
	"strings"
)

// System is what changes seldom. An empty field is unknown.
type System struct {
	OSName       string // ID of os-release: debian
	OSVersion    string // VERSION_ID of os-release: 13
	Architecture string // amd64, arm64, armv7, as Go names them
	Hostname     string
	Kernel       string // 6.12.48
	Model        string // of the device tree, or of DMI
}

// System reads it.
func (r *Reader) System() System {
	s := System{
		OSName: "linux", Architecture: Architecture(),
		Hostname: firstLine(r.path("/etc/hostname")),
		Kernel:   firstLine(r.machinePath("/proc/sys/kernel/osrelease")),
		Model:    firstLine(r.machinePath("/sys/firmware/devicetree/base/model")),
	}
	if s.Model == "" {
		s.Model = firstLine(r.machinePath("/sys/class/dmi/id/product_name"))
	}
	if s.Hostname == "" {
		s.Hostname = firstLine(r.machinePath("/proc/sys/kernel/hostname"))
	}
	release := r.path("/etc/os-release")
	if read(release) == "" {
		release = r.path("/usr/lib/os-release")
	}
	eachLine(release, func(line string) {
		key, value, _ := strings.Cut(line, "=")
		value = strings.Trim(strings.TrimSpace(value), `"'`)
		switch {
		case key == "ID" && value != "":
			s.OSName = value
		case key == "VERSION_ID":
			s.OSVersion = value
		}
	})
	return s
}

// Architecture is what this program was built for, by the word that packages
// use in their compatibility.
func Architecture() string {
	if runtime.GOARCH == "arm" {
		return "armv7"
	}
	return runtime.GOARCH
}

// Line is the first line of a file below the root.
func (r *Reader) Line(path string) string { return firstLine(r.path(path)) }

// DeviceKey is a name for the device that stays: the MAC address of its first
// real network card as an EUI-64, or the machine id. It names, it never
// authenticates. It is "" on a machine that has neither.
func (r *Reader) DeviceKey() string {
	cards, _ := net.Interfaces()
	slices.SortFunc(cards, func(a, b net.Interface) int { return strings.Compare(a.Name, b.Name) })
	for _, card := range cards {
		mac := card.HardwareAddr
		real := read(r.machinePath("/sys/class/net/"+card.Name+"/device/uevent")) != ""
		if real && len(mac) == 6 && mac[0]&2 == 0 && !bytes.Equal(mac, make([]byte, 6)) {
			return eui64(mac)
		}
	}
	return firstLine(r.path("/etc/machine-id"))
}

// eui64 widens a MAC address as gateways do: ff:fe in the middle.
func eui64(mac net.HardwareAddr) string {
	wide := slices.Concat(mac[:3], []byte{0xff, 0xfe}, mac[3:])
	var b strings.Builder
	for _, octet := range wide {
		const digits = "0123456789abcdef"
		b.WriteByte(digits[octet>>4])
		b.WriteByte(digits[octet&15])
	}
	return b.String()
}
