package agent

import (
	"errors"
	"fmt"
	"os"

	"github.com/sluicehq/sluice/compat"
	"github.com/sluicehq/sluice/device/tr50/wire"
	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

// accept verifies the whole package, holds it against the device, and makes
// the job. An outcome is a refusal; nothing of the package was used then.
func accept(c Configuration, l Layout, t *Task, trust sup.Trust, facts compat.Facts) (*Outcome, error) {
	manifest, err := verify(t.packagePath(), trust)
	var bad *sup.Error
	if errors.As(err, &bad) {
		return &Outcome{Result: job.Refused, Code: wire.StatusNoPermission, Reason: bad.Error()}, nil
	}
	if err != nil {
		return nil, err
	}
	if reason := manifest.Compatibility.Refusal(facts); reason != "" {
		return &Outcome{Result: job.Refused, Code: wire.StatusNotSupported, Reason: reason}, nil
	}
	return nil, job.Create(t.dir, job.Job{
		ID: folderName(t.ID), PackagePath: t.packagePath(), Check: t.Check, Variables: t.Update.Variables, TrustKeys: c.TrustKeys, Threshold: c.Threshold,
		Root: c.Root, StateDir: l.State(), LogsDir: l.Logs(), Facts: facts, Configuration: c.Installer,
	})
}

func verify(path string, trust sup.Trust) (*sup.Manifest, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the package: %w", err)
	}
	defer f.Close()
	return sup.Verify(f, trust)
}
