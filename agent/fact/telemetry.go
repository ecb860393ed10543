package fact

import (
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Measurement is one value of the telemetry.
type Measurement struct {
	Key   string
	Value float64
}

// cpuTimes are the counters of /proc/stat.
type cpuTimes struct{ busy, total uint64 }

// Telemetry measures cpu_percent (since the last call, the first time since the
// start of the machine), memory_percent, temperature (degrees Celsius, of the
// warmest zone), disk_percent (of the file system of the root) and uptime
// (seconds). What cannot be measured is left out.
func (r *Reader) Telemetry() []Measurement {
	var list []Measurement
	add := func(key string, value float64, ok bool) {
		if ok && !math.IsNaN(value) && !math.IsInf(value, 0) {
			list = append(list, Measurement{key, math.Round(value*10) / 10})
		}
	}
	cpu, ok := r.cpuPercent()
	add("cpu_percent", cpu, ok)
	memory, ok := r.memoryPercent()
	add("memory_percent", memory, ok)
	temperature, ok := r.temperature()
	add("temperature", temperature, ok)
	disk, ok := r.diskPercent()
	add("disk_percent", disk, ok)
	uptime, err := strconv.ParseFloat(firstWord(read(r.machinePath("/proc/uptime"))), 64)
	add("uptime", uptime, err == nil)
	return list
}

func (r *Reader) cpuPercent() (float64, bool) {
	fields := strings.Fields(firstLine(r.machinePath("/proc/stat")))
	if len(fields) < 5 || fields[0] != "cpu" {
		return 0, false
	}
	var now cpuTimes
	for i, field := range fields[1:min(len(fields), 9)] {
		n, err := strconv.ParseUint(field, 10, 64)
		if err != nil {
			return 0, false
		}
		now.total += n
		if i != 3 && i != 4 { // idle and iowait
			now.busy += n
		}
	}
	before := r.before
	r.before = now
	if now.total <= before.total || now.busy < before.busy {
		return 0, false
	}
	return 100 * float64(now.busy-before.busy) / float64(now.total-before.total), true
}

func (r *Reader) memoryPercent() (float64, bool) {
	var total, available float64
	eachLine(r.machinePath("/proc/meminfo"), func(line string) {
		key, value, _ := strings.Cut(line, ":")
		n, err := strconv.ParseFloat(firstWord(value), 64)
		switch {
		case err != nil:
		case key == "MemTotal":
			total = n
		case key == "MemAvailable":
			available = n
		}
	})
	return 100 * (total - available) / total, total > 0
}

func (r *Reader) temperature() (float64, bool) {
	zones, _ := filepath.Glob(r.machinePath("/sys/class/thermal/thermal_zone*/temp"))
	warmest, found := 0.0, false
	for _, zone := range zones {
		milli, err := strconv.ParseFloat(firstLine(zone), 64)
		if err == nil && (!found || milli/1000 > warmest) {
			warmest, found = milli/1000, true
		}
	}
	return warmest, found
}

func (r *Reader) diskPercent() (float64, bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(r.root, &s); err != nil || s.Blocks == 0 {
		return 0, false
	}
	used := s.Blocks - s.Bfree
	return 100 * float64(used) / float64(used+s.Bavail), used+s.Bavail > 0
}

func firstWord(s string) string {
	if fields := strings.Fields(s); len(fields) > 0 {
		return fields[0]
	}
	return ""
}
