package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/sluicehq/sluice/agent"
	"github.com/sluicehq/sluice/install"
)

// memoryLimit keeps the runtime of the language below what a small gateway can
// spare; it is a soft limit.
const memoryLimit = 16 << 20

// packageUmask is that of a root shell on Debian.
const packageUmask = 0o022

func run(ctx context.Context, args []string, out io.Writer) error {
	f := newFlags("run", "", out)
	if _, err := f.parse(args, 0); err != nil {
		return err
	}
	debug.SetMemoryLimit(memoryLimit)
	debug.SetGCPercent(50)
	options, err := options(f)
	if err != nil {
		return err
	}
	if _, err := agent.Load(options.Layout); err != nil {
		return err
	}
	if err := options.Layout.Make(); err != nil {
		return err
	}
	log, err := agent.OpenLog(filepath.Join(options.Layout.Logs(), "agent.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	options.Logger = slog.New(slog.NewTextHandler(io.MultiWriter(os.Stderr, log), nil))
	runtime, err := agent.New(options)
	if err != nil {
		return err
	}
	defer runtime.Close()
	options.Logger.Info("sluice-agent runs", "version", options.Version, "data", string(options.Layout))
	if warning := options.Layout.Warning(); warning != "" {
		options.Logger.Warn(warning)
	}
	runtime.Run(ctx)
	return nil
}

// program is the file that the runtime starts as its installer: the name by
// which this process was called, where it is a path, since that name makes
// cmd/sluice the agent.
func program() (string, error) {
	if filepath.IsAbs(os.Args[0]) {
		return os.Args[0], nil
	}
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("cannot find this program: %w", err)
	}
	return path, nil
}

func options(f *flags) (agent.Options, error) {
	layout, err := f.layout()
	if err != nil {
		return agent.Options{}, err
	}
	program, err := program()
	return agent.Options{Layout: layout, Now: time.Now, Executable: program, Version: version(),
		Logger: slog.New(slog.NewTextHandler(os.Stderr, nil))}, err
}

// installJob is the package installer, below a guard. It ends by itself; SIGTERM
// interrupts it at a safe point, and the runtime starts it again.
func installJob(ctx context.Context, args []string, out io.Writer) error {
	f := newFlags("install", "", out)
	dir := f.String("job", "", "the job `folder`")
	if _, err := f.parse(args, 0); err != nil {
		return err
	}
	if *dir == "" {
		f.Usage()
		return exit{2, "cannot install: --job is missing"}
	}
	if os.Getenv(envGuarded) == "" {
		return guard(ctx, *dir, out)
	}
	// What packages make is for the whole device. The unit of the runtime has a
	// tighter umask, for what the agent itself writes.
	syscall.Umask(packageUmask)
	c, err := install.Run(ctx, *dir, install.Options{Now: time.Now})
	if errors.Is(err, install.ErrRebooting) {
		return exit{agent.ExitRebooting, err.Error()}
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s %s: %s\n", c.Package, c.Version, c.Result)
	return nil
}

func diagnostic(_ context.Context, args []string, out io.Writer) error {
	f := newFlags("diagnostic", "", out)
	to := f.String("o", "diagnostic.tar.gz", "the `file` to write, - for standard output")
	if _, err := f.parse(args, 0); err != nil {
		return err
	}
	layout, err := f.layout()
	if err != nil {
		return err
	}
	c, err := agent.Load(layout)
	if err != nil {
		return err
	}
	if *to == "-" {
		return agent.Diagnostic(out, layout, c, version(), time.Now())
	}
	file, err := os.OpenFile(*to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("cannot write the diagnostic archive: %w", err)
	}
	err = agent.Diagnostic(file, layout, c, version(), time.Now())
	if err = errors.Join(err, file.Close()); err == nil {
		fmt.Fprintln(out, "wrote", *to)
	}
	return err
}

func printVersion(_ context.Context, _ []string, out io.Writer) error {
	fmt.Fprintln(out, "sluice-agent", version())
	return nil
}

// version is what the Go toolchain recorded.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
