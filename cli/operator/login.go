package operator

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/sluicehq/sluice/client"
)

// maxPassword bounds a password that is read, in bytes.
const maxPassword = 1024

func (o *operator) loginCommand() *cobra.Command {
	var name string
	var fromStdin bool
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Sign in to a server and keep the session",
		Long: `Sign in to a server and keep the session, in a file that only its owner can read.
The first start of a server prints the password of "admin".

  sluice login --server http://127.0.0.1:8080
  sluice login --name admin --password-stdin < password.txt

` + exitHelp(),
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := o.sessions()
			if err != nil {
				return err
			}
			url := o.address(s)
			c, err := newClient(url, "")
			if err != nil {
				return err
			}
			password, err := readPassword(cmd, name, url, fromStdin)
			if err != nil {
				return err
			}
			given, err := c.SignIn(cmd.Context(), name, password)
			if err != nil {
				return err
			}
			if err := s.keep(url, given); err != nil {
				return err
			}
			return o.show(cmd, given.User, func(w io.Writer) {
				fmt.Fprintf(w, "signed in to %s as %s until %s\n", url, clean(given.User.Name), moment(given.ExpiresAt))
				if given.User.MustChange {
					fmt.Fprintln(w, "this is a first password: change it with sluice password before anything else")
				}
			})
		},
	}
	cmd.Flags().StringVar(&name, "name", "admin", "name of the user")
	cmd.Flags().BoolVar(&fromStdin, "password-stdin", false, "read the password from standard input, up to the end of its first line")
	return cmd
}

// readPassword asks on the terminal without echo, or reads one line.
func readPassword(cmd *cobra.Command, name, url string, fromStdin bool) (string, error) {
	if fromStdin {
		return passwordLine(bufio.NewReader(io.LimitReader(cmd.InOrStdin(), maxPassword)))
	}
	stdin := int(os.Stdin.Fd())
	if !term.IsTerminal(stdin) {
		return "", usageError{errors.New("there is no terminal to ask for the password; use --password-stdin")}
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "Password of %s at %s: ", name, url)
	text, err := term.ReadPassword(stdin)
	fmt.Fprintln(cmd.ErrOrStderr())
	if err != nil {
		return "", fmt.Errorf("cannot read the password: %w", err)
	}
	return string(text), nil
}

func (o *operator) logoutCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "logout",
		Short: "End the session and forget it",
		Long:  "End the session on the server and forget it here.\n\n  sluice logout\n\n" + exitHelp(),
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := o.sessions()
			if err != nil {
				return err
			}
			url := o.address(s)
			c, err := o.client()
			if err != nil {
				return err
			}
			// A session that the server does not know any more is ended too.
			if err := c.SignOut(cmd.Context()); err != nil && client.CodeOf(err) != client.Denied {
				return err
			}
			delete(s.Servers, url)
			if err := s.save(); err != nil {
				return err
			}
			return o.show(cmd, map[string]string{"server": url}, func(w io.Writer) { fmt.Fprintf(w, "signed out of %s\n", url) })
		},
	}
}
