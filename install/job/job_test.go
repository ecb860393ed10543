package job_test

import (
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicehq/sluice/install/job"
)

func valid(base string) job.Job {
	return job.Job{
		ID: "mail-1", PackagePath: filepath.Join(base, "p.sup"), Threshold: 1,
		TrustKeys: []string{base64.StdEncoding.EncodeToString(make([]byte, 32))},
		StateDir:  filepath.Join(base, "state"), LogsDir: filepath.Join(base, "logs"),
	}
}

func TestAJobIsReadAsItWasMadeAndMadeOnce(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	dir, j := filepath.Join(base, "jobs", "1"), valid(base)
	for range 2 {
		if err := job.Create(dir, j); err != nil {
			t.Fatal(err)
		}
	}
	got, err := job.Open(dir)
	if err != nil || got.ID != j.ID || got.Root != "/" || got.Configuration.ServiceCommand[0] != "systemctl" {
		t.Errorf("got %+v, %v", got, err)
	}
	j.PackagePath += "2"
	if err := job.Create(dir, j); err == nil || !strings.Contains(err.Error(), "the folder holds another job") {
		t.Errorf("got %v", err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v, %v", info.Mode(), err)
	}
}

func TestAJobThatCannotBeDoneIsRefused(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*job.Job){
		"job id":                        func(j *job.Job) { j.ID = "../x" },
		"package_path":                  func(j *job.Job) { j.PackagePath = "p.sup" },
		"state_dir":                     func(j *job.Job) { j.StateDir = "" },
		"threshold of at least 1":       func(j *job.Job) { j.Threshold = 0 },
		"1 to 64 trust keys":            func(j *job.Job) { j.TrustKeys = nil },
		"not an Ed25519 public key":     func(j *job.Job) { j.TrustKeys = []string{"AAAA"} },
		"root is \"relative\", it must": func(j *job.Job) { j.Root = "relative" },
	} {
		j := valid(t.TempDir())
		spoil(&j)
		if err := job.Create(filepath.Join(t.TempDir(), "j"), j); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestCountersNeverGoDownAndDamageIsAnError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c, err := job.OpenCounters(dir)
	if err != nil || c.Highest("a") != 0 || c.Refusal("a", 0) != "" {
		t.Fatalf("%v", err)
	}
	for _, n := range []uint64{5, 3, 5} {
		if err := c.Raise("a", n); err != nil {
			t.Fatal(err)
		}
	}
	c, err = job.OpenCounters(dir)
	if err != nil || c.Highest("a") != 5 || c.Refusal("a", 5) != "" || c.Refusal("b", 1) != "" {
		t.Errorf("%v, %d", err, c.Highest("a"))
	}
	if got := c.Refusal("a", 4); got != "release counter of a is 4, lower than the installed 5: a downgrade is not allowed" {
		t.Errorf("got %q", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "counters.json"), []byte(`{"a":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := job.OpenCounters(dir); err == nil {
		t.Error("damaged counters were taken")
	}
}

func TestTheLockIsSeenAndGivenBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if job.Running(dir) {
		t.Error("runs before it began")
	}
	l, err := job.TakeLock(job.LockPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := job.TakeLock(job.LockPath(dir)); !errors.Is(err, job.ErrLocked) || !job.Running(dir) {
		t.Errorf("got %v, running %v", err, job.Running(dir))
	}
	l.Release()
	if job.Running(dir) {
		t.Error("runs after the release")
	}
	if l, err = job.TakeLock(job.LockPath(dir)); err != nil {
		t.Fatal(err)
	}
	l.Release()
}

func TestTheConfirmationIsInBothPlacesAndFinalWithAResult(t *testing.T) {
	t.Parallel()
	dir, logs := t.TempDir(), filepath.Join(t.TempDir(), "logs")
	if _, err := job.ReadConfirmation(dir); !errors.Is(err, fs.ErrNotExist) || job.Finished(dir) {
		t.Errorf("got %v", err)
	}
	for _, result := range []job.Result{"", job.RolledBack} {
		if err := job.WriteConfirmation(dir, logs, job.Confirmation{Result: result, Actions: []job.ActionReport{}}); err != nil {
			t.Fatal(err)
		}
		c, err := job.ReadConfirmation(dir)
		if err != nil || c.Result != result || job.Finished(dir) != (result != "") {
			t.Errorf("got %+v, %v", c, err)
		}
		if _, err := os.Stat(filepath.Join(logs, "confirmation.json")); err != nil {
			t.Error(err)
		}
	}
}

func TestAJobThatCannotBeReadIsStillUnderWay(t *testing.T) {
	t.Parallel()
	state, dir := t.TempDir(), t.TempDir()
	if err := job.Claim(state, dir); err != nil {
		t.Fatal(err)
	}
	if current, err := job.Current(state); current != "" || err != nil {
		t.Errorf("of a job that is not there: %q, %v", current, err)
	}
	if err := os.Mkdir(job.Path(dir), 0o700); err != nil { // to be read as a file
		t.Fatal(err)
	}
	if current, err := job.Current(state); err == nil || !strings.Contains(err.Error(), "cannot tell whether the job in "+dir+" is under way") {
		t.Errorf("got %q, %v", current, err)
	}
}

func TestOneJobIsUnderWayAtATime(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	state := filepath.Join(base, "state")
	if err := os.MkdirAll(state, 0o700); err != nil {
		t.Fatal(err)
	}
	first, second := filepath.Join(base, "1"), filepath.Join(base, "2")
	for _, dir := range []string{first, second} {
		if err := job.Create(dir, valid(base)); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := job.Claim(state, first); err != nil {
			t.Fatal(err)
		}
	}
	if err := job.Claim(state, second); err == nil || !strings.Contains(err.Error(), "was interrupted") {
		t.Errorf("got %v", err)
	}
	if err := job.WriteConfirmation(first, base, job.Confirmation{Result: job.Failed}); err != nil {
		t.Fatal(err)
	}
	if err := job.Claim(state, second); err != nil {
		t.Errorf("after the end of the first: %v", err)
	}
}
