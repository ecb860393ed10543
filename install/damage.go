package install

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/sluicehq/sluice/install/job"
	"github.com/sluicehq/sluice/sup"
)

// abandon ends a job whose journal is damaged: nobody can tell any more what
// was done. The final confirmation makes room for the next job. The journal
// and the backups stay where they are, for a person.
func (r *run) abandon() (job.Confirmation, error) {
	if err := r.endGroup(); err != nil {
		return job.Confirmation{}, err
	}
	reason := fmt.Sprintf("%v; what the package has changed is not known; the journal and the backups are kept in %s", r.damage, r.dir)
	if err := r.startAnyRuntime(); err != nil {
		reason = fmt.Sprintf("%s; the runtime could not be started: %v", reason, err)
	}
	if err := os.RemoveAll(r.stagingDir()); err != nil {
		return job.Confirmation{}, fmt.Errorf("cannot clean up: %w", err)
	}
	c := r.confirmation()
	c.Result, c.Reason, c.FinishedAt = job.Inconsistent, limit(plain(reason), 2*maxSentence), r.options.Now().UTC()
	if m := r.manifest; m != nil {
		c.Package, c.Version, c.ReleaseCounter = m.Name, m.Version, m.ReleaseCounter
	}
	return c, job.WriteConfirmation(r.dir, r.job.LogsDir, c)
}

// startAnyRuntime starts the runtime where the package could have stopped it.
// The manifest is not held against the journal: only its names count here.
func (r *run) startAnyRuntime() error {
	data, err := os.ReadFile(r.manifestPath())
	if err != nil {
		return nil // not accepted: nothing was done
	}
	var m sup.Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return err
	}
	r.manifest = &m
	n := slices.IndexFunc(m.Actions, func(a sup.Action) bool { return a.Type == "runtime.stop" || a.Type == "firmware.update" }) + 1
	if n == 0 {
		return nil
	}
	s, err := r.newStep(n, false)
	if err != nil {
		return err
	}
	defer s.close()
	return s.within(context.Background(), startRuntime)
}
