package agent

import (
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/sluicehq/sluice/agent"
)

// flags are those of one command, with the data folder that all of them have.
type flags struct {
	*flag.FlagSet
	data string
}

func newFlags(name, arguments string, out io.Writer) *flags {
	f := &flags{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError)}
	f.SetOutput(out)
	f.StringVar(&f.data, "data", agent.DefaultData, "the `folder` with configuration, jobs and logs")
	f.Usage = func() {
		fmt.Fprintf(out, "Usage: sluice-agent %s [flags]%s\n\n", name, arguments)
		f.PrintDefaults()
	}
	return f
}

// parse reads the flags; they may also follow the arguments, of which there
// have to be n, 0 or 1.
func (f *flags) parse(args []string, n int) ([]string, error) {
	var rest []string
	for {
		if err := f.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, exit{0, ""}
			}
			return nil, exit{2, ""}
		}
		if f.NArg() == 0 {
			break
		}
		rest = append(rest, f.Arg(0))
		args = f.Args()[1:]
	}
	if len(rest) != n {
		f.Usage()
		return nil, exit{2, fmt.Sprintf("%s takes %s, %d were given", f.Name(), [...]string{"no argument", "one argument"}[n], len(rest))}
	}
	return rest, nil
}

func (f *flags) layout() (agent.Layout, error) { return agent.NewLayout(f.data) }
