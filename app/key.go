package app

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sluicehq/sluice/sup"
)

// SigningKeyFile is where the server keeps the key with which packages are
// signed until the owner takes it away, below the data folder.
const SigningKeyFile = "keys/signing.key"

// signingKey reads the signing key, or makes it on the first start.
func signingKey(data string) (ed25519.PrivateKey, error) {
	path := filepath.Join(data, SigningKeyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newSigningKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the signing key: %w", err)
	}
	key, err := sup.ParsePrivateKey(text)
	if err != nil {
		return nil, fmt.Errorf("cannot read the signing key %s: %w", path, err)
	}
	return key, nil
}

func newSigningKey(path string) (ed25519.PrivateKey, error) {
	key, err := sup.GenerateKey()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the folder of the signing key: %w", err)
	}
	if err := writeDurably(path, sup.MarshalPrivateKey(key), 0o600); err != nil {
		return nil, fmt.Errorf("cannot keep the signing key: %w", err)
	}
	public := sup.MarshalPublicKey(key.Public().(ed25519.PublicKey), "sluice server")
	if err := writeDurably(path+".pub", public, 0o644); err != nil {
		return nil, fmt.Errorf("cannot keep the public key: %w", err)
	}
	return key, nil
}

// trust gathers the keys whose packages the server takes.
func trust(own ed25519.PrivateKey, c Config) (sup.Trust, error) {
	keys := append([]ed25519.PublicKey{own.Public().(ed25519.PublicKey)}, c.Trust...)
	for _, path := range c.TrustKeys {
		text, err := os.ReadFile(path)
		if err != nil {
			return sup.Trust{}, fmt.Errorf("cannot read the trusted key: %w", err)
		}
		key, err := sup.ParsePublicKey(text)
		if err != nil {
			return sup.Trust{}, fmt.Errorf("cannot read the trusted key %s: %w", path, err)
		}
		keys = append(keys, key)
	}
	return sup.Trust{Keys: keys, Threshold: 1}, nil
}

// writeDurably writes a file that is whole after a power cut, or not there.
func writeDurably(path string, content []byte, mode os.FileMode) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(content)
	err = errors.Join(err, temp.Chmod(mode), temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
