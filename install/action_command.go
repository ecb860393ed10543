package install

import (
	"context"

	"github.com/sluicehq/sluice/sup"
)

func runCommand(ctx context.Context, s *step, p *sup.CommandRun) error {
	c := command{argv: p.Argv, env: p.Environment}
	if p.Directory != "" {
		rel, err := s.run.tree.resolve(p.Directory)
		if err != nil {
			return err
		}
		c.dir = s.run.tree.onHost(rel)
	}
	_, err := s.exec(ctx, c)
	s.changed = s.started
	return err
}

func runScript(ctx context.Context, s *step, p *sup.ScriptRun) error {
	err := s.script(ctx, p, p.Source)
	s.changed = s.started
	return err
}

func undoScript(ctx context.Context, s *step, p *sup.ScriptRun) error {
	if p.Undo == "" {
		return errNoUndo
	}
	return s.script(ctx, p, p.Undo)
}

func (s *step) script(ctx context.Context, p *sup.ScriptRun, member string) error {
	path, err := s.memberPath(member)
	if err != nil {
		return err
	}
	interpreter := p.Interpreter
	if interpreter == "" {
		interpreter = "/bin/sh"
	}
	argv := append([]string{interpreter, path}, p.Arguments...)
	_, err = s.exec(ctx, command{argv: argv, env: p.Environment, dir: s.run.stagingDir()})
	return err
}
