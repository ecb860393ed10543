package job

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"

	"github.com/sluicehq/sluice/compat"
	"github.com/sluicehq/sluice/variable"
)

const (
	maxJobFile   = 1 << 20
	maxTrustKeys = 64
)

var idPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$`)

// Job says what the installer has to do. Nothing in it depends on the time.
type Job struct {
	// ID names the job on this device: the id of the mailbox message. Letters,
	// digits, . _ -, at most 128 bytes.
	ID string `json:"id"`
	// PackagePath is the .sup file, absolute.
	PackagePath string `json:"package_path"`
	// TrustKeys are Ed25519 public keys, base64. Threshold of them must have signed.
	TrustKeys []string `json:"trust_keys"`
	Threshold int      `json:"threshold"`
	// Check runs the package in check mode: nothing on the device changes.
	Check bool `json:"check,omitempty"`
	// Variables are what the operator gave, as text. The installer holds them
	// against the declaration that the package's owner signed.
	Variables map[string]string `json:"variables,omitempty"`
	// Root is the folder that every path of an action lies below; "" means "/".
	Root string `json:"root"`
	// StateDir outlives jobs: staging folders, release counters, the claim of
	// the job that is under way. LogsDir gets a copy of confirmation.json.
	StateDir string `json:"state_dir"`
	LogsDir  string `json:"logs_dir"`
	// Facts are held against the package's compatibility.
	Facts         compat.Facts  `json:"facts"`
	Configuration Configuration `json:"configuration"`
}

// Path is the file of a job folder that holds the job.
func Path(dir string) string { return filepath.Join(dir, "job.json") }

// LockPath is the file that a job's installer holds locked.
func LockPath(dir string) string { return filepath.Join(dir, "lock") }

// JournalPath is the file that the installer writes its steps to.
func JournalPath(dir string) string { return filepath.Join(dir, "journal") }

// UndoPath is the folder that keeps what an undo needs.
func UndoPath(dir string) string { return filepath.Join(dir, "undo") }

// ConfirmationPath is the file that says what came of the job.
func ConfirmationPath(dir string) string { return filepath.Join(dir, "confirmation.json") }

// Create makes the job folder and writes job.json. A second call with the same
// job changes nothing, so that a message that arrives twice makes one job; a
// different job in the same folder is an error.
func Create(dir string, j Job) error {
	j = j.withDefaults()
	if err := j.validate(); err != nil {
		return err
	}
	data, err := json.MarshalIndent(j, "", "  ")
	if err != nil {
		return fmt.Errorf("cannot write job %s: %v", j.ID, err)
	}
	if err := MakeDir(dir, 0o700); err != nil {
		return fmt.Errorf("cannot make job folder: %w", err)
	}
	old, err := ReadFile(Path(dir), maxJobFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("cannot read job folder: %w", err)
	case !bytes.Equal(old, data):
		return fmt.Errorf("cannot make job %s in %s: the folder holds another job", j.ID, dir)
	default:
		return nil
	}
	if err := WriteFile(Path(dir), data, 0o600); err != nil {
		return err
	}
	return SyncDir(filepath.Dir(filepath.Clean(dir)))
}

// Open reads job.json and fills in the defaults.
func Open(dir string) (Job, error) {
	data, err := ReadFile(Path(dir), maxJobFile)
	if err != nil {
		return Job{}, fmt.Errorf("cannot read the job: %w", err)
	}
	var j Job
	if err := json.Unmarshal(data, &j); err != nil {
		return Job{}, fmt.Errorf("cannot read %s: %v", Path(dir), err)
	}
	j = j.withDefaults()
	return j, j.validate()
}

// Keys decodes TrustKeys.
func (j Job) Keys() ([]ed25519.PublicKey, error) {
	keys := make([]ed25519.PublicKey, 0, len(j.TrustKeys))
	for i, text := range j.TrustKeys {
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("cannot read trust key %d of job %s: not an Ed25519 public key in base64", i+1, j.ID)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func (j Job) withDefaults() Job {
	if j.Root == "" {
		j.Root = "/"
	}
	j.Configuration = j.Configuration.withDefaults()
	return j
}

func (j Job) validate() error {
	if !idPattern.MatchString(j.ID) {
		return fmt.Errorf("cannot use job id %q: use at most 128 letters, digits, dots, dashes and underscores", j.ID)
	}
	for what, path := range map[string]string{
		"package_path": j.PackagePath, "root": j.Root, "state_dir": j.StateDir, "logs_dir": j.LogsDir,
	} {
		if !filepath.IsAbs(path) {
			return fmt.Errorf("cannot use job %s: %s is %q, it must be an absolute path", j.ID, what, path)
		}
	}
	if len(j.TrustKeys) == 0 || len(j.TrustKeys) > maxTrustKeys || j.Threshold < 1 {
		return fmt.Errorf("cannot use job %s: it needs 1 to %d trust keys and a threshold of at least 1", j.ID, maxTrustKeys)
	}
	if err := variable.CheckBounds(j.Variables); err != nil {
		return fmt.Errorf("cannot use job %s: %w", j.ID, err)
	}
	_, err := j.Keys()
	return err
}
