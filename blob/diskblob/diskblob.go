// Package diskblob keeps blobs as files in a folder, each under its SHA-256:
// ab/abcdef….
//
// A blob is written to a temporary name, fsynced and renamed, and its folder
// is fsynced, before Put returns: after a power cut it is there whole, or not
// there. What an interrupted Put left behind goes at the next Open.
package diskblob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

// incoming is the folder of blobs that are not whole yet.
const incoming = "incoming"

// Store is a folder of blobs.
type Store struct{ dir string }

// Open makes the folder where there is none and removes what interrupted
// writers left. One process at a time may have it open.
func Open(dir string) (*Store, error) {
	if err := os.RemoveAll(filepath.Join(dir, incoming)); err != nil {
		return nil, fmt.Errorf("cannot tidy the blobs: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, incoming), 0o700); err != nil {
		return nil, fmt.Errorf("cannot make the folder of the blobs: %w", err)
	}
	return &Store{dir: dir}, nil
}

// Put stores what r yields. See control.Blobs.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (info control.BlobInfo, err error) {
	temp, err := os.CreateTemp(filepath.Join(s.dir, incoming), "*")
	if err != nil {
		return info, fmt.Errorf("cannot store a blob: %w", err)
	}
	defer func() {
		err = errors.Join(err, temp.Close(), gone(os.Remove(temp.Name())))
	}()
	sum, crc := sha256.New(), crc32.NewIEEE()
	info.Size, err = io.Copy(io.MultiWriter(temp, sum, crc), io.LimitReader(contextReader{ctx, r}, limit+1))
	if err != nil {
		return control.BlobInfo{}, fmt.Errorf("cannot store a blob: %w", err)
	}
	if info.Size > limit {
		return control.BlobInfo{}, fleet.Errorf(fleet.Invalid, "cannot store more than %d bytes in one file", limit)
	}
	info.SHA256, info.CRC32 = hex.EncodeToString(sum.Sum(nil)), crc.Sum32()
	if err := s.keep(temp, info.SHA256); err != nil {
		return control.BlobInfo{}, fmt.Errorf("cannot store blob %s: %w", info.SHA256, err)
	}
	return info, nil
}

// keep gives the written file its name, durably.
func (s *Store) keep(temp *os.File, sum string) error {
	if err := temp.Sync(); err != nil {
		return err
	}
	path := s.path(sum)
	if err := os.Mkdir(filepath.Dir(path), 0o700); err == nil {
		err = syncDir(s.dir)
		if err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// Open opens a blob. See control.Blobs.
func (s *Store) Open(_ context.Context, sum string) (control.Blob, error) {
	missing := fleet.Errorf(fleet.NotFound, "there is no blob %.64q", sum)
	if raw, err := hex.DecodeString(sum); err != nil || len(raw) != sha256.Size || hex.EncodeToString(raw) != sum {
		return nil, missing
	}
	f, err := os.Open(s.path(sum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing
	}
	if err != nil {
		return nil, fmt.Errorf("cannot open blob %s: %w", sum, err)
	}
	return f, nil
}

func (s *Store) path(sum string) string { return filepath.Join(s.dir, sum[:2], sum) }

// contextReader ends a copy when the context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// gone drops the error of a file that keep has moved away.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
