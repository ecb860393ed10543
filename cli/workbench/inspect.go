package workbench

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/sup"
)

func inspectCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show what a package claims to be, without verifying who says so",
		Args:  arguments("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			var seen *sup.Inspection
			err := withFile(args[0], func(r io.Reader) (err error) {
				seen, err = sup.Inspect(r)
				return err
			})
			if err != nil {
				return err
			}
			return report(cmd, seen, func(w io.Writer) {
				fmt.Fprintln(w, "UNVERIFIED: anybody can write this; `sluice sup verify` tells who did")
				printManifest(w, seen.Manifest)
				fmt.Fprintln(w, "claimed signatures")
				for _, id := range seen.KeyIDs {
					fmt.Fprintf(w, "  %+q\n", id)
				}
				if seen.Problem != "" {
					fmt.Fprintln(w, "members do not match the manifest:", seen.Problem)
					return
				}
				fmt.Fprintln(w, "members match the manifest")
			})
		},
	}
}

func verifyCommand() *cobra.Command {
	var keys []string
	var threshold int
	cmd := &cobra.Command{
		Use:   "verify FILE --key PUBLIC [--key PUBLIC …] [--threshold N]",
		Short: "Check signatures, members, sizes and sums of a package",
		Args:  arguments("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			trust, err := loadTrust(keys, threshold)
			if err != nil {
				return err
			}
			var m *sup.Manifest
			err = withFile(args[0], func(r io.Reader) (err error) {
				m, err = sup.Verify(r, trust)
				return err
			})
			if err != nil {
				return err
			}
			return report(cmd, m, func(w io.Writer) {
				fmt.Fprintf(w, "good: signed by at least %d of %d trusted keys, every member as listed\n", threshold, len(keys))
				printManifest(w, m)
			})
		},
	}
	cmd.Flags().StringArrayVar(&keys, "key", nil, "`PUBLIC` is the file of a trusted public key; may be given several times")
	cmd.Flags().IntVar(&threshold, "threshold", 1, "`N` different keys must have signed")
	return cmd
}

func printManifest(w io.Writer, m *sup.Manifest) {
	fmt.Fprintf(w, "name            %s\nversion         %s\nrelease counter %d\n", m.Name, m.Version, m.ReleaseCounter)
	if m.Description != "" {
		fmt.Fprintf(w, "description     %q\n", m.Description)
	}
	for _, c := range []struct{ what, need string }{
		{"kinds", strings.Join(m.Compatibility.Kinds, ", ")},
		{"models", strings.Join(m.Compatibility.Models, ", ")},
		{"os", strings.Join(m.Compatibility.OS, ", ")},
		{"architectures", strings.Join(m.Compatibility.Architectures, ", ")},
		{"versions", m.Compatibility.Versions},
	} {
		if c.need != "" {
			fmt.Fprintf(w, "%-15s %s\n", c.what, plain(c.need))
		}
	}
	for i, v := range m.Variables {
		if i == 0 {
			fmt.Fprintln(w, "variables")
		}
		need := "optional"
		if v.Required {
			need = "required"
		}
		fmt.Fprintf(w, "  %-17s %-8s %s\n", plain(v.Name), need, plain(strings.TrimPrefix(v.Description+": ", ": ")+v.Allowed()))
	}
	fmt.Fprintln(w, "actions")
	for i, a := range m.Actions {
		fmt.Fprintf(w, "  %2d  %-17s %-8s %s\n", i+1, a.Type, a.OnFailure, plain(string(a.Params)))
	}
	fmt.Fprintln(w, "members")
	for _, member := range m.Members {
		fmt.Fprintf(w, "  %s  %10d  %s\n", member.SHA256, member.Size, member.Path)
	}
}

// plain keeps a package from writing control sequences to the terminal.
func plain(s string) string {
	q := fmt.Sprintf("%+q", s)
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}
