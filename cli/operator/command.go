package operator

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

// ServerVariable names the server where --server does not.
const ServerVariable = "SLUICE_SERVER"

// defaultServer is where `sluice server` listens.
const defaultServer = "http://127.0.0.1:8080"

// operator is what the commands share: the flags that each of them has.
type operator struct {
	server string
	config string
	output outputForm
}

// Commands are the operator's commands, for the root command of the program.
// The root prints the error; ExitCode gives its exit code.
func Commands() []*cobra.Command {
	o := &operator{output: table}
	commands := []*cobra.Command{
		o.loginCommand(), o.logoutCommand(), o.passwordCommand(), o.apiTokenCommand(), o.unitCommand(), o.userCommand(),
		o.deviceCommand(), o.groupCommand(), o.magicLinkCommand(), o.fileCommand(), o.releaseCommand(),
		o.updateCommand(), o.executionCommand(), o.auditCommand(),
	}
	for _, c := range commands {
		f := c.PersistentFlags()
		f.StringVar(&o.server, "server", "", "URL of the server, else "+ServerVariable+", else the one signed in to last, else "+defaultServer)
		f.StringVar(&o.config, "config", "", "file that keeps the session, else sluice/session.json in the user's configuration folder")
		f.Var(&o.output, "output", "form of the answer: table or json")
		c.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	}
	return commands
}

// group makes a command that only holds others.
func group(use, short, long string, commands ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Long: short + ".\n\n" + long + "\n\n" + exitHelp(), Args: cobra.ArbitraryArgs}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usageError{fmt.Errorf("there is no command %q below %q; see %s --help", args[0], cmd.Name(), cmd.CommandPath())}
		}
		return cmd.Help()
	}
	c.AddCommand(commands...)
	return c
}

// arguments demands one argument for each name.
func arguments(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return usageError{fmt.Errorf("%s is missing; usage: %s", names[len(args)], cmd.UseLine())}
		case len(args) > len(names):
			return usageError{fmt.Errorf("%q is one argument too many; usage: %s", args[len(names)], cmd.UseLine())}
		}
		return nil
	}
}

// id reads the id of a thing.
func id(what, text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		return 0, usageError{fmt.Errorf("%q is no %s id; see sluice %s list", text, what, what)}
	}
	return n, nil
}

// address is the server's URL.
func (o *operator) address(s *sessions) string {
	for _, url := range []string{o.server, os.Getenv(ServerVariable), s.Current} {
		if url != "" {
			return url
		}
	}
	return defaultServer
}

// client speaks with the token that was kept for the server.
func (o *operator) client() (*client.Client, error) {
	s, err := o.sessions()
	if err != nil {
		return nil, err
	}
	url := o.address(s)
	kept, ok := s.Servers[url]
	if !ok {
		return nil, &client.Error{Code: client.Denied, Detail: "not signed in to " + url + "; run: sluice login --server " + url}
	}
	return newClient(url, kept.Token)
}

func newClient(url, token string) (*client.Client, error) {
	c, err := client.New(url, token)
	if err != nil {
		return nil, usageError{err}
	}
	return c, nil
}

// usageError is an error of whoever typed the command.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// ExitCode is the code of the table that the error is in.
func (usageError) ExitCode() int { return exitUsage }

// outputForm is the value of --output.
type outputForm string

const (
	table    outputForm = "table"
	jsonForm outputForm = "json"
)

func (f *outputForm) String() string { return string(*f) }

// Type implements pflag.Value.
func (f *outputForm) Type() string { return "form" }

// Set takes table or json.
func (f *outputForm) Set(form string) error {
	if form != string(table) && form != string(jsonForm) {
		return errors.New("use table or json")
	}
	*f = outputForm(form)
	return nil
}
