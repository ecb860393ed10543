package fact

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// maxFile bounds every file that is read, in bytes; the list of packages of a
// large system has 2 MiB.
const maxFile = 16 << 20

// Reader reads facts. It is not safe for concurrent use: the load of the
// processor is the difference between two readings.
type Reader struct {
	root    string
	machine string // where proc and sys are
	before  cpuTimes
}

// NewReader reads below root; "" means "/".
func NewReader(root string) *Reader {
	r := &Reader{root: filepath.Join("/", root), machine: "/"}
	if _, err := os.Stat(r.path("/proc/stat")); err == nil {
		r.machine = r.root
	}
	return r
}

func (r *Reader) path(name string) string { return filepath.Join(r.root, name) }

func (r *Reader) machinePath(name string) string { return filepath.Join(r.machine, name) }

// read returns the content of a file, "" when it cannot be read.
func read(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile))
	if err != nil {
		return ""
	}
	return string(data)
}

// eachLine calls line for every line of a file that can be read, without
// holding the file.
func eachLine(path string, line func(string)) {
	f, err := os.Open(path)
	if err != nil {
		return
	}
	defer f.Close()
	s := bufio.NewScanner(io.LimitReader(f, maxFile))
	for s.Scan() {
		line(s.Text())
	}
}

// firstLine is the first line of a file without the space around it.
func firstLine(path string) string {
	line, _, _ := strings.Cut(read(path), "\n")
	return strings.TrimSpace(strings.Trim(line, "\x00"))
}
