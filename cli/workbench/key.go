package workbench

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sluicehq/sluice/sup"
)

// keyAnswer is what the key commands say about a key.
type keyAnswer struct {
	Fingerprint string `json:"fingerprint"`
	PublicKey   string `json:"public_key"`
}

func keyCommand() *cobra.Command {
	key := &cobra.Command{Use: "key", Short: "Make and show signing keys"}
	key.AddCommand(keyNewCommand(), keyShowCommand())
	group(key)
	return key
}

func keyNewCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "new FILE",
		Short: "Make a signing key: FILE is the secret, FILE.pub is for the devices",
		Args:  arguments("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			priv, err := sup.GenerateKey()
			if err != nil {
				return fmt.Errorf("cannot make key: %w", err)
			}
			pub := sup.MarshalPublicKey(priv.Public().(ed25519.PublicKey), filepath.Base(args[0]))
			if err := createKeyFile(args[0], sup.MarshalPrivateKey(priv), 0o600); err != nil {
				return err
			}
			if err := createKeyFile(args[0]+".pub", pub, 0o644); err != nil {
				return errors.Join(err, os.Remove(args[0]))
			}
			return showKey(cmd, priv.Public().(ed25519.PublicKey), pub)
		},
	}
}

func keyShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show FILE",
		Short: "Show fingerprint and public key of a key file, public or private",
		Args:  arguments("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := readKeyFile(args[0])
			if err != nil {
				return err
			}
			if priv, err := sup.ParsePrivateKey(text); err == nil {
				pub := priv.Public().(ed25519.PublicKey)
				return showKey(cmd, pub, sup.MarshalPublicKey(pub, ""))
			}
			pub, err := sup.ParsePublicKey(text)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			return showKey(cmd, pub, text)
		},
	}
}

func showKey(cmd *cobra.Command, pub ed25519.PublicKey, line []byte) error {
	answer := keyAnswer{Fingerprint: sup.Fingerprint(pub), PublicKey: string(sup.MarshalPublicKey(pub, ""))}
	answer.PublicKey = answer.PublicKey[:len(answer.PublicKey)-1]
	return report(cmd, answer, func(w io.Writer) {
		fmt.Fprintf(w, "fingerprint %s\npublic key  %s", answer.Fingerprint, line)
	})
}

// createKeyFile never replaces a file: a key that is gone cannot be made again.
// It is on disk before it returns.
func createKeyFile(name string, text []byte, mode os.FileMode) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("cannot write key: %w", err)
	}
	_, err = file.Write(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("cannot write key: %w", err)
	}
	return syncFolder(name)
}

func readKeyFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read key: %w", err)
	}
	defer file.Close()
	// More than a key file ever holds: the parser says that it is too long.
	return io.ReadAll(io.LimitReader(file, 1<<16))
}

func loadSigner(name string) (sup.Signer, error) {
	if name == "" {
		return nil, usageError{errors.New("--key is missing: the file of the private key; `sluice sup key new FILE` makes one")}
	}
	text, err := readKeyFile(name)
	if err != nil {
		return nil, err
	}
	priv, err := sup.ParsePrivateKey(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return sup.NewSigner(priv), nil
}

func loadTrust(names []string, threshold int) (sup.Trust, error) {
	if len(names) == 0 {
		return sup.Trust{}, usageError{errors.New("--key is missing: the file of a public key that is trusted; it may be given several times")}
	}
	if threshold < 1 {
		return sup.Trust{}, usageError{fmt.Errorf("--threshold is %d; it must be 1 or more", threshold)}
	}
	trust := sup.Trust{Threshold: threshold}
	for _, name := range names {
		text, err := readKeyFile(name)
		if err != nil {
			return trust, err
		}
		pub, err := sup.ParsePublicKey(text)
		if err != nil {
			return trust, fmt.Errorf("%s: %w", name, err)
		}
		trust.Keys = append(trust.Keys, pub)
	}
	return trust, nil
}
