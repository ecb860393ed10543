package operator

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/sluicehq/sluice/client"
)

func (o *operator) passwordCommand() *cobra.Command {
	var fromStdin bool
	cmd := &cobra.Command{
		Use:   "password",
		Short: "Change one's own password",
		Long: `Change one's own password. Every session ends; this one is opened anew. A first
password has to be changed before anything else is allowed.

  sluice password
  sluice password --password-stdin < passwords.txt

` + exitHelp(),
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error { return o.changePassword(cmd, fromStdin) },
	}
	cmd.Flags().BoolVar(&fromStdin, "password-stdin", false, "read the old and the new password from standard input, a line each")
	return cmd
}

func (o *operator) changePassword(cmd *cobra.Command, fromStdin bool) error {
	s, err := o.sessions()
	if err != nil {
		return err
	}
	url := o.address(s)
	c, err := o.client()
	if err != nil {
		return err
	}
	name := s.Servers[url].Name
	before, after, err := twoPasswords(cmd, name, url, fromStdin)
	if err != nil {
		return err
	}
	if err := c.ChangePassword(cmd.Context(), before, after); err != nil {
		return err
	}
	given, err := c.SignIn(cmd.Context(), name, after)
	if err != nil {
		return fmt.Errorf("the password is changed, but signing in with it failed; run sluice login: %w", err)
	}
	if err := s.keep(url, given); err != nil {
		return err
	}
	return o.show(cmd, given.User, func(w io.Writer) {
		fmt.Fprintf(w, "changed the password of %s; signed in until %s\n", clean(name), moment(given.ExpiresAt))
	})
}

// keep remembers a session and saves the file.
func (s *sessions) keep(url string, given client.Session) error {
	s.Current = url
	s.Servers[url] = session{Name: given.User.Name, Token: given.Token, ExpiresAt: given.ExpiresAt}
	return s.save()
}

// twoPasswords asks for the old and twice for the new one, or reads two lines.
func twoPasswords(cmd *cobra.Command, name, url string, fromStdin bool) (before, after string, err error) {
	if fromStdin {
		in := bufio.NewReader(io.LimitReader(cmd.InOrStdin(), 2*maxPassword))
		if before, err = passwordLine(in); err == nil {
			after, err = passwordLine(in)
		}
		return before, after, err
	}
	if before, err = readPassword(cmd, name, url, false); err != nil {
		return "", "", err
	}
	fmt.Fprint(cmd.ErrOrStderr(), "New password, 12 characters or more: ")
	first, err := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprint(cmd.ErrOrStderr(), "\nThe new one again: ")
	again, err2 := term.ReadPassword(int(os.Stdin.Fd()))
	fmt.Fprintln(cmd.ErrOrStderr())
	if err = errors.Join(err, err2); err != nil {
		return "", "", fmt.Errorf("cannot read the password: %w", err)
	}
	if string(first) != string(again) {
		return "", "", usageError{errors.New("the new passwords are not the same; nothing is changed")}
	}
	return before, string(first), nil
}

func passwordLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("cannot read the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}
