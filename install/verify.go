package install

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
	"github.com/sluicehq/sluice/variable"
)

// refusal is a rule that says no: nothing on the device was touched.
type refusal struct{ reason string }

func (r *refusal) Error() string { return r.reason }

// verify takes the run from verifying to running, or ends it. Nothing on the
// device is touched before it is through.
func (r *run) verify(ctx context.Context) error {
	if r.state().interruptions >= maxInterruptions {
		return r.finish(job.Failed, fmt.Sprintf("the installer was interrupted %d times while it verified the package", maxInterruptions))
	}
	m, err := r.unpack(ctx)
	if ctx.Err() != nil {
		return ErrInterrupted
	}
	if err == nil {
		err = r.accept(m)
	}
	var refused *refusal
	var bad *sup.Error
	switch {
	case errors.As(err, &refused):
		return r.finish(job.Refused, refused.reason)
	case errors.As(err, &bad):
		return r.finish(job.Refused, bad.Error())
	case err != nil:
		return r.finish(job.Failed, err.Error())
	}
	r.confirm()
	return nil
}

// unpack fills a fresh staging folder. The signature and the device's own
// rules are checked before the first byte is written, and the rules again on
// what was unpacked: the file may have been changed in between.
func (r *run) unpack(ctx context.Context) (*sup.Manifest, error) {
	keys, err := r.job.Keys()
	if err != nil {
		return nil, err
	}
	trust := sup.Trust{Keys: keys, Threshold: r.job.Threshold}
	file, err := os.Open(r.job.PackagePath)
	if err != nil {
		return nil, fmt.Errorf("cannot open the package: %w", err)
	}
	defer file.Close()
	m, err := sup.ReadManifest(file, trust)
	if err != nil {
		return nil, err
	}
	if err := r.check(m); err != nil {
		return nil, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("cannot read the package: %w", err)
	}
	if err := os.RemoveAll(r.stagingDir()); err != nil {
		return nil, fmt.Errorf("cannot empty the staging folder: %w", err)
	}
	if err := job.MakeDir(r.stagingDir(), 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the staging folder: %w", err)
	}
	staging, err := os.OpenRoot(r.stagingDir())
	if err != nil {
		return nil, fmt.Errorf("cannot open the staging folder: %w", err)
	}
	defer staging.Close()
	r.options.fault("staging made")
	m, err = sup.Unpack(contextReader{ctx, file}, trust, staging)
	if err != nil {
		return nil, err
	}
	r.options.fault("unpacked")
	return m, r.check(m)
}

// check holds the manifest against the device's facts and counters and against
// what is asked for.
func (r *run) check(m *sup.Manifest) error {
	r.manifest = m // named in the confirmation, also of a refusal
	if reason := m.Compatibility.Refusal(r.job.Facts); reason != "" {
		return &refusal{reason}
	}
	if r.job.Check {
		if err := m.Checkable(); err != nil {
			return &refusal{err.Error()}
		}
	}
	if _, err := variable.Check(m.Variables, r.job.Variables); err != nil {
		return &refusal{err.Error()}
	}
	if reason := r.playbookRefusal(m); reason != "" {
		return &refusal{reason}
	}
	counters, err := job.OpenCounters(r.job.StateDir)
	if err != nil {
		return err
	}
	if reason := counters.Refusal(m.Name, m.ReleaseCounter); reason != "" {
		return &refusal{reason}
	}
	return nil
}

// accept keeps the manifest for later starts and moves the run on.
func (r *run) accept(m *sup.Manifest) error {
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("cannot keep the manifest: %v", err)
	}
	if err := job.WriteFile(r.manifestPath(), data, 0o600); err != nil {
		return err
	}
	e := r.entry(evAccept, 0).about(m)
	e.Manifest = hash(data)
	return r.journal.append(e)
}

func hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// contextReader ends a long read when ctx does.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
