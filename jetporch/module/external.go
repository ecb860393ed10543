package module

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"github.com/sluicehq/sluice/jetporch/value"
)

// external runs a program of the bundle's modules/ with the parameters as
// JSON on its input. Its answer is a map in JSON or YAML.
func external(c *Call) (Plan, error) {
	src, err := c.source("modules", c.Args.Text("use"))
	if err != nil {
		return Plan{}, err
	}
	if info, err := os.Stat(src); err != nil || !info.Mode().IsRegular() {
		return Plan{}, SourceError{fmt.Errorf("there is no module program %s", c.Args.Text("use"))}
	}
	return Plan{Need: Execute, Apply: func() (res Result, err error) {
		dir, err := c.Host.temporary()
		if err != nil {
			return res, fmt.Errorf("cannot make a folder for the program: %w", err)
		}
		defer os.RemoveAll(dir)
		program := filepath.Join(dir, filepath.Base(src))
		if err := executable(c.Ctx, src, program, dir); err != nil {
			return res, c.Host.named(err)
		}
		name, _ := c.Host.device(program)
		out, err := c.Host.Run(c.Ctx, Command{Argv: []string{name}, Stdin: value.JSON(c.Args.Maps["params"])})
		if err != nil {
			return Result{Output: out.All}, err
		}
		answer, err := value.FromYAML([]byte(out.Stdout))
		saved, ok := answer.(*value.Map)
		if out.RC == 0 && (err != nil || !ok) {
			return Result{Output: out.All}, fmt.Errorf("the answer of %s is no map in JSON or YAML", c.Args.Text("use"))
		}
		extra := saved.Clone()
		extra.Set("rc", int64(out.RC))
		if name := c.Args.Text("save"); name != "" {
			c.Store(name, extra)
		}
		return judge(c, out, extra, out.RC != 0)
	}}, nil
}

// executable copies a program. Nothing is started by this process meanwhile:
// what starts inherits open files for a moment, and the kernel runs no program
// that is open for writing (ETXTBSY).
func executable(ctx context.Context, src, program, dir string) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	from, err := os.Open(src)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(program, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, reader{ctx, from}); err != nil {
		to.Close()
		return err
	}
	if err := to.Close(); err != nil {
		return err
	}
	if err := os.Chmod(program, 0o755); err != nil {
		return err
	}
	return os.Chmod(dir, 0o755)
}
