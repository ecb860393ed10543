package workbench

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/sup"
)

func initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init DIR",
		Short: "Write a source folder that explains itself",
		Args:  arguments("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := sup.InitSource(args[0]); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "wrote %s/%s and %s/%s\n", args[0], sup.SourceName, args[0], sup.FilesName)
			return nil
		},
	}
}

func buildCommand() *cobra.Command {
	var keyFile, out string
	cmd := &cobra.Command{
		Use:   "build DIR --key FILE [--out FILE]",
		Short: "Build and sign a package from a source folder",
		Args:  arguments("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			signer, err := loadSigner(keyFile)
			if err != nil {
				return err
			}
			manifest, files, err := sup.LoadSource(args[0])
			if err != nil {
				return err
			}
			if out == "" {
				out = manifest.Name + "-" + manifest.Version + ".sup"
			}
			done, err := writeFile(out, func(w io.Writer) error {
				return sup.Build(w, manifest, files, signer)
			})
			if err != nil {
				return err
			}
			return report(cmd, done, func(w io.Writer) {
				fmt.Fprintf(w, "built %s, %d bytes\nsha256    %s\nsigned by %s\n", done.File, done.Size, done.SHA256, sup.Fingerprint(signer.PublicKey()))
			})
		},
	}
	keyFlag(cmd, &keyFile)
	cmd.Flags().StringVar(&out, "out", "", "`FILE` of the package, default NAME-VERSION.sup in this folder")
	return cmd
}

func signCommand() *cobra.Command {
	var keyFile, out string
	cmd := &cobra.Command{
		Use:   "sign FILE --key FILE [--out FILE]",
		Short: "Add a signature to a package",
		Long:  "Add a signature to a package, after its members were compared with its manifest.\nSignatures that are there stay; none of them is judged: use verify.",
		Args:  arguments("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			signer, err := loadSigner(keyFile)
			if err != nil {
				return err
			}
			if out == "" {
				out = args[0]
			}
			var done written
			err = withFile(args[0], func(r io.Reader) error {
				done, err = writeFile(out, func(w io.Writer) error {
					_, err := sup.Sign(r, w, signer)
					return err
				})
				return err
			})
			if err != nil {
				return err
			}
			return report(cmd, done, func(w io.Writer) {
				fmt.Fprintf(w, "signed %s, %d bytes\nsha256    %s\nsigned by %s\n", done.File, done.Size, done.SHA256, sup.Fingerprint(signer.PublicKey()))
			})
		},
	}
	keyFlag(cmd, &keyFile)
	cmd.Flags().StringVar(&out, "out", "", "`FILE` of the signed package, default the same file")
	return cmd
}

func keyFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "key", "", "`FILE` of the private key, as sluice sup key new makes it")
}
