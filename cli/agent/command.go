// Package agent is the command sluice-agent, the agent of a device: what it
// does is in the package agent at the root. It takes flags from the standard
// library, because every kilobyte counts on a gateway.
//
// Two programs are this command: cmd/sluice-agent, and cmd/sluice when it is
// called by that name, as the demo does.
package agent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/sluicehq/sluice/agent"
)

// command is one thing that the program does.
type command struct {
	name    string
	summary string
	run     func(ctx context.Context, args []string, out io.Writer) error
}

var commands = []command{
	{"enrol", "make this machine a device of a server", enrol},
	{"run", "run the agent", run},
	{"apply", "install a package from a file, without the server", apply},
	{"diagnostic", "write the diagnostic archive", diagnostic},
	{"install", "bring an installation to its end (used by run and apply)", installJob},
	{"version", "print the version", printVersion},
}

// exit is an error with a status of its own; its text was printed already
// where it is empty.
type exit struct {
	status int
	text   string
}

func (e exit) Error() string { return e.text }

// Name is the name of the program.
const Name = "sluice-agent"

// Main runs the command with the arguments of the process and returns its
// exit status. SIGINT and SIGTERM end it at a safe point.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return start(ctx, os.Args[1:], os.Stdout, os.Stderr)
}

func start(ctx context.Context, args []string, out, errs io.Writer) int {
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		usage(out)
		return 0
	}
	for _, c := range commands {
		if c.name != args[0] {
			continue
		}
		err := c.run(ctx, args[1:], out)
		var status exit
		switch {
		case err == nil:
			return 0
		case errors.As(err, &status):
			if status.text != "" {
				fmt.Fprintln(errs, "sluice-agent:", agent.Printable(status.text))
			}
			return status.status
		}
		fmt.Fprintln(errs, "sluice-agent:", agent.Printable(err.Error()))
		return 1
	}
	fmt.Fprintf(errs, "sluice-agent: there is no command %q; sluice-agent help lists them\n", args[0])
	return 2
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "sluice-agent connects a device to a Sluice server and installs its updates.\n\nUsage: sluice-agent COMMAND [flags]; COMMAND --help lists the flags.")
	fmt.Fprintln(w)
	for _, c := range commands {
		fmt.Fprintf(w, "  %-12s%s\n", c.name, c.summary)
	}
}
