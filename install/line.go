package install

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/sluicehq/sluice/install/job"
)

const (
	maxLine    = 256 << 10
	maxLogFile = 512 << 20
)

// lineLog is a file of JSON lines, each with its CRC-32, that only grows. A
// line that was torn by a crash can only be the last one: it was never
// acknowledged, and is cut off when the file is opened.
type lineLog struct {
	path  string
	file  *os.File
	size  int64 // of the good lines
	fault func(string)
}

// damageError means that what stands in a log cannot be true.
type damageError struct{ cause error }

func (e *damageError) Error() string { return e.cause.Error() }
func (e *damageError) Unwrap() error { return e.cause }

// openLineLog opens or makes a log and gives each of its lines to read.
func openLineLog(path string, fault func(string), read func([]byte) error) (*lineLog, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", path, err)
	}
	l := &lineLog{path: path, file: f, fault: fault}
	if err = l.load(read); err == nil {
		err = job.SyncDir(filepath.Dir(path))
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return l, nil
}

func (l *lineLog) load(read func([]byte) error) error {
	info, err := l.file.Stat()
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", l.path, err)
	}
	if info.Size() > maxLogFile {
		return &damageError{fmt.Errorf("cannot read %s: longer than %d bytes", l.path, maxLogFile)}
	}
	data, err := io.ReadAll(io.LimitReader(l.file, maxLogFile))
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", l.path, err)
	}
	rest := data
	for len(rest) > 0 {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		payload, good := checkLine(line)
		if !whole || !good {
			if len(after) > 0 {
				return &damageError{fmt.Errorf("cannot read %s: it is damaged at byte %d", l.path, len(data)-len(rest))}
			}
			break
		}
		if err := read(payload); err != nil {
			return &damageError{fmt.Errorf("cannot read %s: %w", l.path, err)}
		}
		rest = after
	}
	l.size = int64(len(data) - len(rest))
	return l.cut()
}

// cut removes what is behind the good lines.
func (l *lineLog) cut() error {
	if err := l.file.Truncate(l.size); err != nil {
		return fmt.Errorf("cannot cut %s: %w", l.path, err)
	}
	if _, err := l.file.Seek(l.size, io.SeekStart); err != nil {
		return fmt.Errorf("cannot cut %s: %w", l.path, err)
	}
	return nil
}

// append writes a line and returns when it is on disk. After an error the
// line is not in the log.
func (l *lineLog) append(v any) error {
	payload, err := encode(v)
	if err != nil {
		return fmt.Errorf("cannot write %s: %v", l.path, err)
	}
	if len(payload) > maxLine {
		return fmt.Errorf("cannot write %s: a line of %d bytes is too long", l.path, len(payload))
	}
	l.fault("line before write")
	line := fmt.Appendf(nil, "%08x %s\n", crc32.ChecksumIEEE(payload), payload)
	_, err = l.file.Write(line)
	if err == nil {
		l.fault("line before sync")
		err = l.file.Sync()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("cannot write %s: %w", l.path, err), l.cut())
	}
	l.size += int64(len(line))
	l.fault("line after sync")
	return nil
}

// encode is JSON without the escapes that HTML needs: text that is kept has at
// most two bytes for each of its own.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func (l *lineLog) close() { l.file.Close() }

func checkLine(line []byte) ([]byte, bool) {
	sum, payload, found := bytes.Cut(line, []byte(" "))
	want, err := strconv.ParseUint(string(sum), 16, 32)
	return payload, found && err == nil && uint32(want) == crc32.ChecksumIEEE(payload)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
