package agent

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// maxLog is when a log begins anew, in bytes; one old file is kept.
const maxLog = 1 << 20

// writeAudit adds lines to the device's audit log, on disk before it returns.
func (r *Runtime) writeAudit(id string, lines []line) error {
	return appendAudit(r.Layout, r.Now(), id, lines)
}

func appendAudit(l Layout, now time.Time, id string, lines []line) error {
	log, err := OpenLog(filepath.Join(l.Logs(), "audit.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	var text strings.Builder
	at := now.UTC().Format("2006-01-02T15:04:05Z")
	for _, l := range lines {
		fmt.Fprintf(&text, "%s %s %s\n", at, clip(id), l.text)
	}
	if _, err := log.Write([]byte(text.String())); err != nil {
		return fmt.Errorf("cannot write the audit log: %w", err)
	}
	if err := log.file.Sync(); err != nil {
		return fmt.Errorf("cannot write the audit log: %w", err)
	}
	return nil
}

// Log is a log file that begins anew when it has grown to maxLog; the one
// before is kept as NAME.1. It is safe for concurrent use.
type Log struct {
	path string

	mu   sync.Mutex
	file *os.File
	size int64
}

// OpenLog opens a log to go on with.
func OpenLog(path string) (*Log, error) {
	l := &Log{path: path}
	if err := l.open(); err != nil {
		return nil, fmt.Errorf("cannot open the log: %w", err)
	}
	return l, nil
}

func (l *Log) open() error {
	file, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return err
	}
	l.file, l.size = file, info.Size()
	return nil
}

func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size > 0 && l.size+int64(len(p)) > maxLog {
		l.beginAnew()
	}
	n, err := l.file.Write(p)
	l.size += int64(n)
	return n, err
}

// beginAnew moves the file away and opens a new one. Where it cannot, the log
// goes on in the file that is open, and the next line tries again.
func (l *Log) beginAnew() {
	if err := os.Rename(l.path, l.path+".1"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return
	}
	if old := l.file; l.open() == nil {
		old.Close()
	}
}

// Close closes the file.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.file.Close()
}
