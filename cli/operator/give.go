package operator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
	"github.com/sluicehq/sluice/internal/clock"
)

// order is what update create was told.
type order struct {
	kind, release, link, script string // what
	devices                     []string
	group                       string // whom
	unit                        int64
	unitOnly, all               bool
	title, expires              string
	retries                     int
	check, accept               bool
	variables                   []string
	going
}

func (o *operator) updateCreateCommand() *cobra.Command {
	var given order
	cmd := &cobra.Command{
		Use:   "create",
		Short: "Give an update to devices",
		Long: `Give an update to devices. Each gets it with its next telemetry message; a device
that may not have it is refused with the reason.

What: a release (types sup, and predefined for one of the catalogue), a Magic Link
or a JetPorch script. The type follows from what is given; a release of the
catalogue is a pre-defined update with --type predefined.
A JetPorch script may affect the connectivity and functionality of a device: with
--check each device says what the script would change, and changes nothing, and
sluice update apply applies exactly that. --var gives a variable that the release
declares, see sluice release show.

Whom: devices, a group, a unit with or without those below it, or all.

  sluice update create --release hello@1.0.0 --device 7076FF0054070B21 --device 7076FF0054070B22
  sluice update create --type predefined --release hello@1.0.0 --group "line 3"
  sluice update create --type magic_link --magic-link 5e1f… --group "line 3"
  sluice update create --type jetporch --script fix.yaml --unit 4 --unit-only
  sluice update create --script fix.yaml --group "line 3" --check --watch
  sluice update create --release line@1.1 --var speed=9600 --var port=ttyS0 --unit 4
  sluice update create --release 4 --all --expires 48h --retries 2 --watch
  sluice update create --release 4 --device 7076FF0054070B21 --dry-run

With --watch the exit code says how the update ended, see sluice update watch --help.`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error { return o.give(cmd, given) },
	}
	f := cmd.Flags()
	f.StringVar(&given.kind, "type", "", "sup, predefined, magic_link or jetporch; default what the other flags say")
	f.StringVar(&given.release, "release", "", "what to install or apply: NAME@VERSION or an id")
	f.StringVar(&given.link, "magic-link", "", "hash of a Magic Link")
	f.StringVar(&given.script, "script", "", "file of a JetPorch script, - for standard input")
	f.StringSliceVar(&given.devices, "device", nil, "key of a device; more with commas or the flag again")
	f.StringVar(&given.group, "group", "", "name or id of a group")
	f.Int64Var(&given.unit, "unit", 0, "id of a unit: its devices and those below it")
	f.BoolVar(&given.unitOnly, "unit-only", false, "with --unit: not those below it")
	f.BoolVar(&given.all, "all", false, "every device that you may update")
	f.StringVar(&given.title, "title", "", "what it is called, default name and version of the release")
	f.StringVar(&given.expires, "expires", "", "take back what was not sent by then: 48h from now, or 2026-12-24T18:00:00Z; default never")
	f.IntVar(&given.retries, "retries", 0, "how often a failed execution is tried again, up to 10")
	f.BoolVar(&given.check, "check", false, "let the devices say what a script or bundle would change, and change nothing")
	f.StringArrayVar(&given.variables, "var", nil, "NAME=VALUE of a variable that the release declares; more with the flag again")
	acceptFlag(cmd, &given.accept)
	given.going.flags(cmd)
	return cmd
}

// valid refuses what cannot be one command, before anything is asked for.
func (g order) valid() error {
	kinds := map[string]bool{"": true, "sup": g.release != "", "predefined": g.release != "", "magic_link": g.link != "", "jetporch": g.script != "" || g.release != ""}
	fits, known := kinds[g.kind]
	switch {
	case count(g.release != "", g.link != "", g.script != "") != 1:
		return errors.New("give one of --release, --magic-link and --script")
	case !known:
		return fmt.Errorf("there is no type %q; it is sup, predefined, magic_link or jetporch", g.kind)
	case !fits:
		return fmt.Errorf("type %s does not go with what is given; see sluice update create --help", g.kind)
	case count(len(g.devices) > 0, g.group != "", g.unit != 0, g.all) != 1:
		return errors.New("give one of --device, --group, --unit and --all")
	case g.unitOnly && g.unit == 0:
		return errors.New("--unit-only goes with --unit")
	}
	return g.going.check()
}

func count(claims ...bool) (n int) {
	for _, c := range claims {
		if c {
			n++
		}
	}
	return n
}

func (o *operator) give(cmd *cobra.Command, given order) error {
	if err := given.valid(); err != nil {
		return usageError{err}
	}
	expires, err := deadline(given.expires, clock.System())
	if err != nil {
		return err
	}
	values, err := pairs(given.variables)
	if err != nil {
		return err
	}
	c, err := o.client()
	if err != nil {
		return err
	}
	n := client.NewUpdate{Type: given.kind, MagicLink: given.link, Title: given.title, Retries: given.retries, ExpiresAt: expires,
		Check: given.check, Variables: values, AcceptWarnings: given.accept,
		Audience: client.Audience{Devices: given.devices, UnitID: given.unit, UnitOnly: given.unitOnly, All: given.all}}
	if err := given.fill(cmd.Context(), c, cmd.InOrStdin(), &n); err != nil {
		return err
	}
	err = o.run(cmd, c, given.going, func() ([]client.Planned, error) { return c.PlanUpdate(cmd.Context(), n) },
		func(key string) (client.Update, error) {
			n.IdempotencyKey = key
			return c.CreateUpdate(cmd.Context(), n)
		})
	return withFindings(cmd, err, given.script)
}

// fill looks up what the order names.
func (g order) fill(ctx context.Context, c *client.Client, stdin io.Reader, n *client.NewUpdate) (err error) {
	kind := "magic_link"
	switch {
	case g.release != "":
		r, err := findRelease(ctx, c, g.release)
		if err != nil {
			return err
		}
		if n.ReleaseID, kind = r.ID, r.Format; kind == "playbook" {
			kind = "jetporch"
		}
	case g.script != "":
		kind = "jetporch"
		if n.Script, err = readScript(g.script, stdin); err != nil {
			return err
		}
	}
	if n.Type == "" {
		n.Type = kind
	}
	if g.group != "" {
		group, err := findGroup(ctx, c, g.group)
		n.Audience.GroupID = group.ID
		return err
	}
	return nil
}

// maxScript bounds a script in bytes, as the server does.
const maxScript = 256 << 10

func readScript(path string, stdin io.Reader) (string, error) {
	in := stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return "", fmt.Errorf("cannot read the script: %w", err)
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, maxScript+1))
	if err != nil {
		return "", fmt.Errorf("cannot read the script: %w", err)
	}
	if len(text) > maxScript {
		return "", usageError{fmt.Errorf("the script %s has more than %d bytes", path, maxScript)}
	}
	return string(text), nil
}
