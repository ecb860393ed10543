package agent

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/sluicehq/sluice/agent"
)

// maxSecret bounds a file that stands for an argument, in bytes.
const maxSecret = 64 << 10

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

// readSecret reads what is not given as an argument, because every user of the
// machine can see those: a file, or standard input for "-", without the end of
// its last line.
func readSecret(path string) (string, error) {
	in := os.Stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return "", err
		}
		defer file.Close()
		in = file
	}
	data, err := io.ReadAll(io.LimitReader(in, maxSecret+1))
	if err != nil {
		return "", fmt.Errorf("cannot read %s: %w", path, err)
	}
	if len(data) > maxSecret {
		return "", fmt.Errorf("cannot read %s: it has more than %d bytes", path, maxSecret)
	}
	text := strings.TrimSuffix(string(data), "\n")
	return strings.TrimSuffix(text, "\r"), nil
}
