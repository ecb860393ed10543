package operator

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

func (o *operator) devicePlaceCommand() *cobra.Command {
	var unit int64
	var name string
	cmd := &cobra.Command{
		Use:   "place KEY [--unit ID] [--name NAME]",
		Short: "Put a device into a unit, and name it",
		Long: `Put a device into a unit, and name it. It leaves the groups of other units. A name
that is given here is not overwritten by what the device says.

  sluice device place 7076FF0054070B21 --unit 4 --name "line 3, north"`,
		Args: arguments("KEY"),
	}
	cmd.Flags().Int64Var(&unit, "unit", 0, "id of the unit, default where it is")
	cmd.Flags().StringVar(&name, "name", "", "its name, default as it is")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if unit == 0 && name == "" {
			return usageError{errors.New("give --unit, --name or both")}
		}
		return o.withDevice(cmd.Context(), args[0], func(c *client.Client, d client.Device) error {
			d, err := c.PlaceDevice(cmd.Context(), d.ID, unit, name)
			if err != nil {
				return err
			}
			return o.show(cmd, d, func(w io.Writer) {
				fmt.Fprintf(w, "device %s is %s, in unit %d\n", clean(d.Key), clean(d.Name), d.UnitID)
			})
		})
	}
	return cmd
}

func (o *operator) deviceExportCommand() *cobra.Command {
	var f client.DeviceFilter
	var out string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the devices as CSV",
		Long: `Write the devices as CSV, to standard output or to a file that is not there yet. A
cell that a spreadsheet would take for a formula begins with an apostrophe.

  sluice device export --unit 4 --out devices.csv`,
		Args: arguments(),
	}
	group := filterFlags(cmd, &f)
	cmd.Flags().StringVar(&out, "out", "", "file, default standard output")
	cmd.RunE = o.signedIn(func(cmd *cobra.Command, c *client.Client, _ []string) error {
		var err error
		if f.Group, err = groupID(cmd.Context(), c, *group); err != nil {
			return err
		}
		csv, err := c.ExportDevices(cmd.Context(), f)
		if err != nil {
			return err
		}
		defer csv.Close()
		if out == "" {
			_, err = io.Copy(cmd.OutOrStdout(), csv)
			return exported(err)
		}
		file, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return fmt.Errorf("cannot export: %w", err)
		}
		_, err = io.Copy(file, csv)
		if err = errors.Join(err, file.Close()); err != nil {
			_ = os.Remove(out) // a part must not pass for the whole
		}
		return exported(err)
	})
	return cmd
}

func exported(err error) error {
	if err != nil {
		return fmt.Errorf("the export broke off and is not whole: %w", err)
	}
	return nil
}

func (o *operator) deviceImportCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "import FILE",
		Short: "Name and place devices from CSV, and make those that are not known",
		Long: `Name and place the devices of a CSV file, up to 10,000, and make those that are not
known: accepted, and waiting for their first connection. The heads are key, name,
kind and unit; key is needed, and the other columns of an export are passed over. A
unit is an id, or names from the top down: Channel/Customer/OU. One wrong row is
named and changes nothing. FILE is - for standard input.

  sluice device import devices.csv
  sluice device import - < devices.csv`,
		Args: arguments("FILE"),
		RunE: o.signedIn(func(cmd *cobra.Command, c *client.Client, args []string) error {
			in := cmd.InOrStdin()
			if args[0] != "-" {
				file, err := os.Open(args[0])
				if err != nil {
					return fmt.Errorf("cannot import: %w", err)
				}
				defer file.Close()
				in = file
			}
			i, err := c.ImportDevices(cmd.Context(), io.NopCloser(in))
			if err != nil {
				return err
			}
			return o.show(cmd, i, func(w io.Writer) { fmt.Fprintf(w, "made %d devices, changed %d\n", i.Made, i.Changed) })
		}),
	}
}

// filterFlags narrow a list of devices, also by a group that groupID reads.
func filterFlags(cmd *cobra.Command, f *client.DeviceFilter) (group *string) {
	flags := cmd.Flags()
	flags.StringVar(&f.Text, "search", "", "part of key, name or model")
	flags.StringVar(&f.State, "state", "", "pending, accepted or rejected")
	flags.StringVar(&f.Kind, "kind", "", "gateway or thin_client")
	flags.Int64Var(&f.Unit, "unit", 0, "in the unit of this id or below it")
	flags.BoolVar(&f.UnitOnly, "unit-only", false, "with --unit: not below it")
	group = flags.String("group", "", "members of the group of this name or id")
	flags.StringVar(&f.Version, "version", "", "exactly this version")
	flags.StringVar(&f.Link, "link", "", "tr50, ddi or mender")
	return group
}
