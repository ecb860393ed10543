package operator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

func (o *operator) releaseCommand() *cobra.Command {
	return group("release", "Make packages and bundles installable, and list them", `  sluice release create hello-1.0.0.sup
  sluice release list
  sluice release show hello@1.0.0
  sluice release predefine hello@1.0.0
  sluice release withdraw hello@1.0.0`,
		o.releaseCreateCommand(), o.releaseListCommand(), o.releaseShowCommand(),
		o.releaseCatalogueCommand("predefine", "Put a release into the catalogue of pre-defined updates", true),
		o.releaseCatalogueCommand("withdraw", "Take a release out of the catalogue; updates given with it go on", false))
}

func (o *operator) releaseCreateCommand() *cobra.Command {
	var accept bool
	var unit int64
	cmd := &cobra.Command{
		Use:   "create FILE|DIR|ID",
		Short: "Make a package or bundle a release",
		Long: `Make a package or bundle a release: a file or folder here, which is uploaded first,
or the id of a file that was. The server reads a package (.sup) whole and refuses
one that the owner's key did not sign; nothing of a refused package stays there.

A bundle is a JetPorch playbook with its roles, files and templates and a
bundle.yaml, as a .zip or as the folder that is packed here without what begins
with a dot. The server checks the playbook and signs the package itself.

  sluice release create hello-1.0.0.sup
  sluice release create line.zip --accept-warnings
  sluice release create ./line --unit 4
  sluice release create 3`,
		Args: arguments("FILE"),
		RunE: o.signedIn(func(cmd *cobra.Command, c *client.Client, args []string) error {
			file, err := fileFor(cmd, c, args[0], unit)
			if err != nil {
				return err
			}
			r, err := c.CreateRelease(cmd.Context(), file, accept)
			if err != nil {
				return withFindings(cmd, err, "")
			}
			return o.show(cmd, r, func(w io.Writer) {
				fmt.Fprintf(w, "release %d is %s@%s, signed by %s\n", r.ID, clean(r.Name), clean(r.Version), clean(r.KeyFingerprint))
			})
		}),
	}
	acceptFlag(cmd, &accept)
	uploadFlag(cmd, &unit)
	return cmd
}

// fileFor is the id that text is, where there is no file of that name, and
// else the id of the file or folder after its upload into the unit.
func fileFor(cmd *cobra.Command, c *client.Client, text string, unit int64) (int64, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 0 {
		if _, err := os.Stat(text); errors.Is(err, fs.ErrNotExist) {
			if unit != 0 {
				return 0, usageError{fmt.Errorf("file %d was uploaded and stays in its unit; give --unit with a file or folder here", n)}
			}
			return n, nil
		}
	}
	if info, err := os.Stat(text); err == nil && info.IsDir() {
		f, err := uploadBundle(cmd, c, text, unit)
		return f.ID, err
	}
	f, err := upload(cmd, c, text, unit)
	return f.ID, err
}

func (o *operator) releaseListCommand() *cobra.Command {
	var f client.ReleaseFilter
	cmd := listCommand(o, "list", "List releases, newest first", func(c *client.Client, ctx context.Context) iter.Seq2[client.Release, error] {
		return c.Releases(ctx, f)
	}, columns[client.Release]{
		[]string{"ID", "NAME", "VERSION", "FORMAT", "SIZE", "FOR", "CREATED", "BY"},
		func(r client.Release) []string {
			return []string{fmt.Sprint(r.ID), r.Name, r.Version, r.Format, size(r.File.Size), requirement(r.Compatibility),
				moment(r.CreatedAt), r.CreatedBy}
		}})
	cmd.Flags().BoolVar(&f.Predefined, "predefined", false, "only the catalogue of pre-defined updates")
	cmd.Flags().StringVar(&f.Format, "format", "", "only those of this format: sup or playbook")
	cmd.Flags().StringVar(&f.Name, "name", "", "only those of this name")
	return cmd
}

func (o *operator) releaseShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show NAME@VERSION|ID",
		Short: "Show a release and what it does",
		Args:  arguments("NAME@VERSION"),
		RunE: o.signedIn(func(cmd *cobra.Command, c *client.Client, args []string) error {
			r, err := findRelease(cmd.Context(), c, args[0])
			if err != nil {
				return err
			}
			return o.show(cmd, r, func(w io.Writer) { writeRelease(w, r) })
		}),
	}
}

func (o *operator) releaseCatalogueCommand(verb, short string, predefined bool) *cobra.Command {
	return &cobra.Command{
		Use:   verb + " NAME@VERSION|ID",
		Short: short,
		Args:  arguments("NAME@VERSION"),
		RunE: o.signedIn(func(cmd *cobra.Command, c *client.Client, args []string) error {
			r, err := findRelease(cmd.Context(), c, args[0])
			if err != nil {
				return err
			}
			if r, err = c.SetPredefined(cmd.Context(), r.ID, predefined); err != nil {
				return err
			}
			article := map[bool]string{true: "a", false: "no"}[r.Predefined]
			return o.show(cmd, r, func(w io.Writer) {
				fmt.Fprintf(w, "%s@%s is %s pre-defined update\n", clean(r.Name), clean(r.Version), article)
			})
		}),
	}
}

func writeRelease(w io.Writer, r client.Release) {
	fields(w, "id", fmt.Sprint(r.ID), "name", r.Name, "version", r.Version, "release counter", fmt.Sprint(r.ReleaseCounter),
		"format", r.Format, "description", r.Description, "for", requirement(r.Compatibility),
		"file", fmt.Sprintf("%d %s, %d bytes", r.File.ID, r.File.Name, r.File.Size), "sha256", r.File.SHA256,
		"signed by", r.KeyFingerprint, "pre-defined", map[bool]string{true: "yes"}[r.Predefined], "created", moment(r.CreatedAt)+" by "+r.CreatedBy)
	for i, action := range r.Actions {
		fmt.Fprintf(w, "%4d  %s\n", i+1, clean(action))
	}
	if len(r.Variables) > 0 {
		fmt.Fprintln(w, "\nvariables")
		var lines []string
		for _, v := range r.Variables {
			lines = append(lines, v.Name, takes(v))
		}
		fields(w, lines...)
	}
}

// requirement says in a line which devices a release is for.
func requirement(c client.Compatibility) string {
	var parts []string
	for _, list := range [][]string{c.Kinds, c.Models, c.OS, c.Architectures} {
		if len(list) > 0 {
			parts = append(parts, strings.Join(list, "/"))
		}
	}
	if c.Versions != "" {
		parts = append(parts, "version "+c.Versions)
	}
	if len(parts) == 0 {
		return "any device"
	}
	return strings.Join(parts, ", ")
}

// findRelease reads the release of an id, or of a name and a version.
func findRelease(ctx context.Context, c *client.Client, text string) (client.Release, error) {
	name, version, named := strings.Cut(text, "@")
	if !named {
		n, err := id("release", text)
		if err != nil {
			return client.Release{}, usageError{fmt.Errorf("%q is no release; give NAME@VERSION or an id, see sluice release list", text)}
		}
		return c.Release(ctx, n)
	}
	for r, err := range c.Releases(ctx, client.ReleaseFilter{Name: name}) {
		if err != nil || r.Name == name && r.Version == version {
			return r, err
		}
	}
	return client.Release{}, &client.Error{Code: client.NotFound, Detail: fmt.Sprintf("there is no release %s; see sluice release list", text)}
}
