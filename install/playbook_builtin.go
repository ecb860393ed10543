package install

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	jetporch "github.com/sluicehq/sluice/jetporch/run"
	"github.com/sluicehq/sluice/jetporch/script"
	"github.com/sluicehq/sluice/jetporch/value"
	"github.com/sluicehq/sluice/sup"
)

// applyBuiltin runs a playbook in this process. Its programs are supervised as
// those of every action are. The bundle is the members of the playbook's
// folder, which are held against the manifest once more.
func (s *step) applyBuiltin(ctx context.Context, member, home string, vars *value.Map) error {
	folder := path.Dir(member)
	for _, m := range s.run.manifest.Members {
		if folder != "." && !strings.HasPrefix(m.Path, folder+"/") {
			continue
		}
		f, err := s.run.openMember(m)
		if err != nil {
			return &severeError{fmt.Errorf("cannot use member %s: %w", m.Path, err)}
		}
		f.Close()
	}
	dir := filepath.Join(s.run.stagingDir(), filepath.FromSlash(folder))
	source, err := script.Read(script.Dir(dir), path.Base(member))
	if err != nil {
		return fmt.Errorf("cannot read the playbook: %w", err)
	}
	resumed := s.resumed()
	s.changed = resumed
	root, env := s.run.playbookRoot(home)
	last := jetporch.Event{}
	_, err = jetporch.Run(ctx, script.Load(member, source, script.Dir(dir), script.Head), jetporch.Options{
		Dir: dir, Root: root, Check: s.run.job.Check, ExtraVars: vars, Resumed: resumed, Env: s.environment(env), Now: s.run.options.Now,
		TaskTimeout: sup.MaxTimeout * time.Second, Timeout: sup.MaxTimeout * time.Second, // ctx ends sooner
		Emit: func(e jetporch.Event) { last = e; s.task(e) },
		Exec: s.run.execTask,
	})
	s.tasks.whole = err == nil && !resumed
	if said := lastLine(last.Output); err != nil && last.Status == jetporch.Failed && said != "" {
		err = fmt.Errorf("%w: %s", err, said)
	}
	return err
}

// resumed tells whether an attempt was killed before this one. What that one
// changed is as it should be now, so nobody can say any more what was changed.
func (s *step) resumed() bool {
	return s.run.state().step(s.number).attempts > 1 && !s.run.job.Check
}

// playbookRoot is the device's root as the runner wants it, and what programs
// get beside the clean environment: in a sandbox they see nothing outside it.
func (r *run) playbookRoot(home string) (root string, env map[string]string) {
	if root = filepath.Clean(r.job.Root); root == "/" || r.options.wholeDevice {
		return "", map[string]string{"HOME": home, "USER": userName()}
	}
	return root, map[string]string{"SLUICE_ROOT": "/", "USER": userName()}
}

// task notes what came of a task. A change that failed may have been made in
// part.
func (s *step) task(e jetporch.Event) {
	passive := slices.ContainsFunc(script.Modules, func(m script.Module) bool { return m.Name == e.Module && m.Passive })
	partly := (e.Status == jetporch.Failed || e.Ignored) && !passive && !s.run.job.Check
	if e.Status == jetporch.Changed || partly {
		s.changed = true
	}
	var line strings.Builder
	_ = jetporch.Print(&line, e)
	_, _ = io.WriteString(&s.output, line.String())
	s.tasks.add(e)
	s.run.options.fault("task done")
}

// execTask runs a program of a task so that it ends with the installer.
func (r *run) execTask(ctx context.Context, cmd *exec.Cmd) error {
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	return r.supervise(ctx, cmd)
}
