package operator

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/client"
)

var fileColumns = columns[client.File]{
	[]string{"ID", "NAME", "SIZE", "SHA256", "CREATED", "BY"},
	func(f client.File) []string {
		return []string{fmt.Sprint(f.ID), f.Name, size(f.Size), f.SHA256[:min(12, len(f.SHA256))], moment(f.CreatedAt), f.CreatedBy}
	},
}

func (o *operator) fileCommand() *cobra.Command {
	return group("file", "Upload, list, download and remove files", `  sluice file upload hello-1.0.0.sup
  sluice file list
  sluice file download 3 --out hello.sup
  sluice file remove 3`,
		o.fileListCommand(), o.fileUploadCommand(), o.fileDownloadCommand(), o.fileRemoveCommand())
}

func (o *operator) fileListCommand() *cobra.Command {
	return listCommand(o, "list", "List files, newest first", (*client.Client).Files, fileColumns)
}

func (o *operator) fileUploadCommand() *cobra.Command {
	var unit int64
	cmd := &cobra.Command{
		Use:   "upload FILE",
		Short: "Upload a file",
		Long: `Upload a file. It may be used in the unit that it is put into, and below it.

  sluice file upload hello-1.0.0.sup
  sluice file upload hello-1.0.0.sup --unit 4`,
		Args: arguments("FILE"),
		RunE: o.signedIn(func(cmd *cobra.Command, c *client.Client, args []string) error {
			f, err := upload(cmd, c, args[0], unit)
			if err != nil {
				return err
			}
			return o.show(cmd, f, func(w io.Writer) {
				fmt.Fprintf(w, "uploaded %s as file %d, %d bytes\nsha256 %s\n", clean(f.Name), f.ID, f.Size, clean(f.SHA256))
			})
		}),
	}
	uploadFlag(cmd, &unit)
	return cmd
}

func uploadFlag(cmd *cobra.Command, unit *int64) {
	cmd.Flags().Int64Var(unit, "unit", 0, "id of the unit that it is put into, default the first of yours in which you may upload")
}

// upload sends the file under its own name.
func upload(cmd *cobra.Command, c *client.Client, name string, unit int64) (client.File, error) {
	in, err := os.Open(name)
	if err != nil {
		return client.File{}, fmt.Errorf("cannot upload: %w", err)
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return client.File{}, fmt.Errorf("cannot upload: %w", err)
	}
	if !info.Mode().IsRegular() {
		return client.File{}, fmt.Errorf("cannot upload %s: it is no regular file", name)
	}
	p := newProgress(cmd.ErrOrStderr(), filepath.Base(name), info.Size())
	defer p.end()
	return c.UploadIn(cmd.Context(), unit, filepath.Base(name), in, info.Size(), p.at)
}

func (o *operator) fileRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "remove ID",
		Short: "Delete a file, and the older ones of its name",
		Long: `Delete a file, and the older ones of its name. One that a release is made of stays.

  sluice file remove 3`,
		Args: arguments("ID"),
		RunE: o.onID("file", func(cmd *cobra.Command, c *client.Client, file int64) error {
			if err := c.RemoveFile(cmd.Context(), file); err != nil {
				return err
			}
			return o.show(cmd, map[string]int64{"removed": file}, func(w io.Writer) { fmt.Fprintf(w, "removed file %d\n", file) })
		}),
	}
}

func (o *operator) fileDownloadCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "download ID",
		Short: "Download a file",
		Long: `Download a file and compare it with its SHA-256. A file that is there already is not overwritten.

  sluice file download 3
  sluice file download 3 --out hello.sup`,
		Args: arguments("ID"),
		RunE: o.onID("file", func(cmd *cobra.Command, c *client.Client, file int64) error {
			name, n, err := download(cmd, c, file, out)
			if err != nil {
				return err
			}
			answer := map[string]any{"file": name, "size": n}
			return o.show(cmd, answer, func(w io.Writer) { fmt.Fprintf(w, "wrote %s, %d bytes\n", name, n) })
		}),
	}
	cmd.Flags().StringVar(&out, "out", "", "where to write it, default its name in this folder")
	return cmd
}

// download writes the file beside its place and puts it there when it is
// whole. A name that the server gave is never a path.
func download(cmd *cobra.Command, c *client.Client, file int64, out string) (name string, n int64, err error) {
	content, err := c.Content(cmd.Context(), file, 0)
	if err != nil {
		return "", 0, err
	}
	defer content.Close()
	if name = out; name == "" {
		if name = content.Name; !filepath.IsLocal(name) || strings.ContainsAny(name, `/\`) || clean(name) != name {
			return "", 0, fmt.Errorf("cannot write a file of the name %q; give --out FILE", name)
		}
	}
	if _, err := os.Lstat(name); err == nil {
		return "", 0, outcome{exitRefused, "cannot write " + name + ": it is there already; give --out FILE"}
	}
	part, err := os.CreateTemp(filepath.Dir(name), ".download-*")
	if err != nil {
		return "", 0, fmt.Errorf("cannot write %s: %w", name, err)
	}
	defer os.Remove(part.Name()) // the name of a whole file is its own by then
	p := newProgress(cmd.ErrOrStderr(), name, content.Size)
	n, err = copyChecked(part, content, p)
	p.end()
	if err = errors.Join(err, part.Chmod(0o644), part.Close()); err != nil {
		return "", 0, fmt.Errorf("cannot download file %d: %w", file, err)
	}
	// Unlike a rename, a link does not overwrite what came there meanwhile.
	if err := os.Link(part.Name(), name); err != nil {
		return "", 0, fmt.Errorf("cannot write %s: %w", name, err)
	}
	return name, n, nil
}

func copyChecked(w io.Writer, content *client.Content, p *progress) (int64, error) {
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum, p), content)
	if err != nil {
		return n, err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != content.SHA256 {
		return n, fmt.Errorf("its SHA-256 is %s, the server announced %s; try again", got, content.SHA256)
	}
	return n, nil
}
