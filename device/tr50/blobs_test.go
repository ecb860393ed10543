package tr50

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

type folder string

func openBlobs(dir string) (folder, error) { return folder(dir), os.MkdirAll(dir, 0o755) }

func (f folder) Put(_ context.Context, r io.Reader, limit int64) (control.BlobInfo, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return control.BlobInfo{}, err
	}
	if int64(len(data)) > limit {
		return control.BlobInfo{}, fleet.Errorf(fleet.Invalid, "too large")
	}
	sum := sha256.Sum256(data)
	name := hex.EncodeToString(sum[:])
	return control.BlobInfo{SHA256: name, CRC32: crc32.ChecksumIEEE(data), Size: int64(len(data))}, os.WriteFile(filepath.Join(string(f), name), data, 0o644)
}

func (f folder) Open(_ context.Context, sha256 string) (control.Blob, error) {
	return os.Open(filepath.Join(string(f), sha256))
}
