package install

import (
	"context"
	"fmt"

	"github.com/sluicehq/sluice/sup"
)

// handler is how an action of the library is done and undone.
type handler struct {
	// do can be repeated: after a kill it runs again on what it left behind.
	do func(context.Context, *step) error
	// undo takes back what is not in the undo log; nil where nothing is.
	// It can be repeated, and answers errNoUndo where it cannot.
	undo func(context.Context, *step) error
	// late undo runs after all others: it starts things again.
	late bool
	// partial means that a failure may leave a part of the work on the device.
	partial bool
}

// registry holds every action of sup.Library; a test holds the two together.
var registry map[string]handler

func init() {
	registry = map[string]handler{
		"file.install":          {do: with(installFile)},
		"file.remove":           {do: with(removeFile)},
		"directory.create":      {do: with(createDirectory)},
		"archive.extract":       {do: with(extractArchive)},
		"config.set":            {do: with(setConfig)},
		"command.run":           {do: with(runCommand), undo: keep, partial: true},
		"script.run":            {do: with(runScript), undo: with(undoScript), partial: true},
		sup.ActionPlaybookApply: {do: with(applyPlaybook), undo: keep, partial: true},
		"package.install":       {do: with(installPackage), undo: with(uninstallPackage), partial: true},
		"package.remove":        {do: with(removePackage), undo: keepIfChanged, partial: true},
		"service.start":         {do: with(startService), undo: with(undoStart)},
		"service.stop":          {do: with(stopService), undo: with(undoStop), late: true},
		"service.restart":       {do: with(restartService), undo: with(undoRestart), late: true},
		"service.enable":        {do: with(enableService), undo: with(undoEnable)},
		"runtime.stop":          {do: stopRuntime, undo: restartRuntime, late: true},
		"runtime.start":         {do: startRuntime},
		"firmware.update":       {do: with(updateFirmware), undo: keep, partial: true},
		"reboot":                {do: with(reboot)},
		"check.command":         {do: with(checkCommand)},
		"check.http":            {do: with(checkHTTP)},
		"check.service":         {do: with(checkService)},
	}
}

// step is an action while it is done or undone.
type step struct {
	run     *run
	number  int // from 1
	action  sup.Action
	params  any
	handler handler
	undo    *undoLog
	output  capture
	tasks   tasks
	changed bool // beside what the undo log holds
	started bool // a program was, in this attempt
}

// newStep makes a step that can be closed and finished also after an error.
// Its undo log is made where there is none only for an action to be done.
func (r *run) newStep(n int, create bool) (*step, error) {
	s := &step{run: r, number: n, action: r.manifest.Actions[n-1], undo: &undoLog{}}
	known := false
	if s.handler, known = registry[s.action.Type]; !known {
		return s, fmt.Errorf("cannot do action %d: this installer knows no %s; install a newer one", n, s.action.Type)
	}
	var err error
	if s.params, err = sup.DecodeParams(s.action); err != nil {
		return s, fmt.Errorf("cannot do action %d (%s): %w", n, s.action.Type, err)
	}
	undo, err := openUndoLog(r.dir, n, r.tree, create)
	if err == nil {
		s.undo = undo
	}
	return s, err
}

func (s *step) close() { s.undo.close() }

// with gives a part of a handler its parameters.
func with[P any](part func(context.Context, *step, *P) error) func(context.Context, *step) error {
	return func(ctx context.Context, s *step) error {
		p, ok := s.params.(*P)
		if !ok {
			return fmt.Errorf("internal error: %s got parameters of type %T", s.action.Type, s.params)
		}
		return part(ctx, s, p)
	}
}

func keep(context.Context, *step) error { return errNoUndo }

func keepIfChanged(_ context.Context, s *step) error {
	if s.run.state().step(s.number).end.Changed {
		return errNoUndo
	}
	return nil
}
