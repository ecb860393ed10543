package chroottest

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/sluicehq/sluice/internal/testdebian"
	"github.com/sluicehq/sluice/jetporch/run"
)

var update = flag.Bool("update", false, "write what happens into testdata/*.txtar anew")

// Each archive is a playbook, one that undoes it, and a script "state" that
// prints what they are about; "setup" is a script that runs before. The
// playbook is run three times: in check mode, which must change no file of the
// machine ("check"), for good ("run", with the state afterwards in "after"),
// and once more ("again"), which must change no file either. The other
// playbook ("undo") must bring back the state of the beginning ("before").
func TestThePlaybooksWorkWithTheRealTools(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no archives", err)
	}
	c := newChroot(t)
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) { c.archive(t, path) })
	}
}

// chroot is a Debian with the program sluice.
type chroot struct{ *testdebian.Machine }

func newChroot(t *testing.T) *chroot {
	t.Helper()
	c := &chroot{testdebian.New(t)}
	c.Build(t, "github.com/sluicehq/sluice/cmd/sluice", "/usr/local/bin/sluice")
	c.Sh(t, "echo 127.0.0.1 localhost $(hostname) > /etc/hosts; apt-get update -qq")
	return c
}

// results are the members of an archive that are compared.
var results = []string{"before", "check", "run", "after", "again", "undo"}

func (c *chroot) archive(t *testing.T, path string) {
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	member := map[string]string{}
	for _, f := range a.Files {
		member[f.Name] = string(f.Data)
	}
	c.Must(t, bundle(t, a), "sh", "-c", "rm -rf /book && mkdir /book && tar -C /book -x")
	c.Sh(t, member["setup"])
	state := func() string { return c.Sh(t, member["state"]) }

	got := map[string]string{"before": state()}
	files := c.listing(t)
	got["check"] = c.play(t, "/book/playbook.yml", "--check")
	same(t, "check mode", files, c.listing(t))
	got["run"] = c.play(t, "/book/playbook.yml")
	got["after"] = state()
	files = c.listing(t)
	got["again"] = c.play(t, "/book/playbook.yml")
	same(t, "the second run", files, c.listing(t))
	if strings.Contains("\n"+got["again"], "\nchanged") {
		t.Errorf("the second run says:\n%s", got["again"])
	}
	got["undo"] = c.play(t, "/book/undo.yml")
	if now := state(); now != got["before"] {
		t.Errorf("after the undo: got\n%swant\n%s", now, got["before"])
	}
	if *update {
		rewrite(t, path, a, got)
		return
	}
	for _, name := range results {
		if member[name] != got[name] {
			t.Errorf("%s: got\n%swant\n%s", name, got[name], member[name])
		}
	}
}

// play runs a playbook and prints its events, without what differs from one
// mirror or machine to the next: times, and what package managers print.
func (c *chroot) play(t *testing.T, path string, flags ...string) string {
	t.Helper()
	said, failed := c.Try(t, nil, append([]string{"sluice", "jetporch", "run", path, "--json"}, flags...)...)
	var out strings.Builder
	decoder := json.NewDecoder(strings.NewReader(said))
	for {
		var line struct {
			run.Event
			Summary *run.Summary `json:"summary"`
		}
		err := decoder.Decode(&line)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			rest, _ := io.ReadAll(decoder.Buffered())
			out.Write(rest) // the error that ended the run is not JSON
			break
		}
		if line.Summary != nil {
			line.Summary.Duration = 0
			out.WriteString(line.Summary.String() + "\n")
			continue
		}
		line.Duration = 0
		if slices.Contains([]string{"apt", "dnf", "yum", "zypper", "pacman"}, line.Module) && line.Status != run.Failed {
			line.Output = ""
		}
		if err := run.Print(&out, line.Event); err != nil {
			t.Fatal(err)
		}
	}
	if failed != nil {
		out.WriteString("failed\n")
	}
	return out.String()
}

// listing is every file of the machine with all that would tell a change, the
// time of the last one included. /tmp, caches, logs and
// the files through which rpm shares its database are no part of it.
func (c *chroot) listing(t *testing.T) string {
	t.Helper()
	argv := []string{"find", "/", "-xdev"}
	for _, path := range []string{"/proc", "/tmp", "/var/cache", "/var/log", "/var/lib/apt/lists"} {
		argv = append(argv, "-path", path, "-prune", "-o")
	}
	return c.Must(t, nil, append(argv, "-name", "rpmdb.sqlite-*", "-o", "-printf", `%M %u %g %s %C@ %p %l\n`)...)
}

// same compares two listings and shows the lines that differ.
func same(t *testing.T, what, before, after string) {
	t.Helper()
	if before == after {
		return
	}
	had := map[string]bool{}
	for line := range strings.Lines(before) {
		had[line] = true
	}
	var changed strings.Builder
	for line := range strings.Lines(after) {
		if !had[line] {
			changed.WriteString(line)
		}
	}
	t.Errorf("%s changed files of the machine:\n%s", what, &changed)
}

// bundle is the playbooks and their files as a tar.
func bundle(t *testing.T, a *txtar.Archive) io.Reader {
	t.Helper()
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	for _, f := range a.Files {
		if slices.Contains(results, f.Name) {
			continue
		}
		if err := w.WriteHeader(&tar.Header{Name: f.Name, Mode: 0o644, Size: int64(len(f.Data))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.Data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &out
}

func rewrite(t *testing.T, path string, a *txtar.Archive, got map[string]string) {
	t.Helper()
	a.Files = slices.DeleteFunc(a.Files, func(f txtar.File) bool { return slices.Contains(results, f.Name) })
	for _, name := range results {
		a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(got[name])})
	}
	if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}
