package agent

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/sluicehq/sluice/agent/fact"
	"github.com/sluicehq/sluice/agent/link"
	"github.com/sluicehq/sluice/agent/transfer"
	"github.com/sluicehq/sluice/device/tr50/wire"
)

// maxDiagnosticFile bounds each file in the archive; of a longer one the end
// is taken.
const maxDiagnosticFile = 512 << 10

// diagnosticFiles are the files of the data folder that go into the archive.
var diagnosticFiles = []string{"logs/*", "jobs/*/" + taskFile, "jobs/*/confirmation.json", "jobs/*/install.log", "installed.json"}

// Diagnostic writes the diagnostic archive, a tar.gz: the logs, the tasks, what
// the installer confirmed, the facts, and the configuration. Token, application
// id, passwords in addresses and values of variables are in none of its files.
func Diagnostic(w io.Writer, l Layout, c Configuration, version string, now time.Time) error {
	zipped := gzip.NewWriter(w)
	a := archive{tar: tar.NewWriter(zipped), now: now, secrets: secretsOf(l, c)}
	shown := c
	shown.Token, shown.AppID = "", ""
	shown.ServerURL, shown.MQTTURL = withoutUser(c.ServerURL), withoutUser(c.MQTTURL)
	a.addJSON("configuration.json", shown)
	facts := fact.NewReader(c.Root)
	a.addJSON("facts.json", map[string]any{
		"agent_version": version, "written_at": now.UTC(), "system": facts.System(), "compatibility": Facts(c, facts),
		"telemetry": facts.Telemetry(), "packages": facts.Packages(),
	})
	for _, pattern := range diagnosticFiles {
		paths, err := filepath.Glob(l.path(pattern))
		if err != nil {
			return fmt.Errorf("cannot make the diagnostic archive: %w", err)
		}
		for _, path := range paths {
			a.addFile(l, path)
		}
	}
	for _, end := range []func() error{a.tar.Close, zipped.Close} {
		if err := end(); a.err == nil {
			a.err = err
		}
	}
	if a.err != nil {
		return fmt.Errorf("cannot make the diagnostic archive: %w", a.err)
	}
	return nil
}

// archive is a tar without secrets. The first error stays.
type archive struct {
	tar     *tar.Writer
	now     time.Time
	secrets secrets
	err     error
}

func (a *archive) add(name string, content []byte) {
	content = a.secrets.remove(content)
	if a.err != nil {
		return
	}
	header := &tar.Header{Typeflag: tar.TypeReg, Name: "diagnostic/" + name, Size: int64(len(content)), Mode: 0o600, ModTime: a.now}
	if a.err = a.tar.WriteHeader(header); a.err == nil {
		_, a.err = a.tar.Write(content)
	}
}

func (a *archive) addJSON(name string, v any) {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil && a.err == nil {
		a.err = err
		return
	}
	a.add(name, data)
}

// addFile adds a regular file of the data folder; one that is gone meanwhile
// is left out.
func (a *archive) addFile(l Layout, path string) {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() {
		return
	}
	name, err := filepath.Rel(string(l), path)
	if err != nil {
		return
	}
	if filepath.Base(path) == taskFile {
		if t, err := loadTask(filepath.Dir(path)); err == nil {
			a.addJSON(filepath.ToSlash(name), t.blanked())
		}
		return
	}
	content, err := tail(path, info.Size())
	if err == nil {
		a.add(filepath.ToSlash(name), content)
	}
}

// tail reads a file, of one that is too long the last lines: the first of them
// may have lost the part by which a secret in it is known.
func tail(path string, size int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	over := max(size-maxDiagnosticFile, 0)
	if _, err := f.Seek(over, io.SeekStart); err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(f, maxDiagnosticFile))
	if over > 0 {
		_, content, _ = bytes.Cut(content, []byte("\n"))
	}
	return content, err
}

// sendDiagnostic makes the archive and gives it to the server as a file of this
// device. It returns the file's name there.
func (r *Runtime) sendDiagnostic(ctx context.Context, l *link.Link) (string, error) {
	var buf bytes.Buffer
	now := r.Now()
	if err := Diagnostic(&buf, r.Layout, r.config, r.Version, now); err != nil {
		return "", err
	}
	name := "diagnostic-" + now.UTC().Format("20060102T150405Z") + ".tar.gz"
	sum := wire.CRC32(buf.Bytes())
	var id wire.FileID
	err := l.Call(ctx, wire.CommandFilePut,
		wire.FilePut{Thing: wire.ThingKeyOnly(r.config.ThingKey), FileName: name, CRC32: &sum}, &id)
	if err != nil {
		return "", fmt.Errorf("cannot send the diagnostic archive: %w", err)
	}
	return name, transfer.Send(ctx, r.client, transfer.FileURL(r.config.ServerURL, id.FileID), buf.Bytes())
}
