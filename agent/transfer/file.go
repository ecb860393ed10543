package transfer

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

const maxETag = 1024

// File is a Sink that outlives the process: the bytes are in a file, the ETag
// is beside it.
type File struct {
	path   string
	file   *os.File
	offset int64
	etag   string
}

// OpenFile opens a file to go on with, or makes it.
func OpenFile(path string) (*File, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot keep the file: %w", err)
	}
	f := &File{path: path, file: file}
	if f.offset, err = file.Seek(0, io.SeekEnd); err == nil {
		f.etag, err = readETag(path + ".etag")
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("cannot go on with %s: %w", path, err)
	}
	return f, nil
}

func readETag(path string) (string, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || len(data) > maxETag {
		return "", nil
	}
	return string(data), err
}

// Close closes the file and keeps it.
func (f *File) Close() error { return f.file.Close() }

// Offset is the length of the file.
func (f *File) Offset() int64 { return f.offset }

func (f *File) Write(p []byte) (int, error) {
	n, err := f.file.Write(p)
	f.offset += int64(n)
	return n, err
}

// Reset empties the file.
func (f *File) Reset() error {
	if err := f.file.Truncate(0); err != nil {
		return err
	}
	f.offset = 0
	_, err := f.file.Seek(0, io.SeekStart)
	return err
}

// Sums reads the whole file.
func (f *File) Sums() (Sums, error) {
	crc, sha := crc32.NewIEEE(), sha256.New()
	if _, err := io.Copy(io.MultiWriter(crc, sha), io.NewSectionReader(f.file, 0, f.offset)); err != nil {
		return Sums{}, err
	}
	return Sums{crc.Sum32(), [32]byte(sha.Sum(nil))}, nil
}

// ETag is the tag that the bytes came with.
func (f *File) ETag() string { return f.etag }

// SetETag keeps the tag. It needs no fsync: where it is lost or old, the
// server sends everything, or the checksum fails and everything is fetched anew.
func (f *File) SetETag(etag string) error {
	if len(etag) > maxETag {
		etag = ""
	}
	f.etag = etag
	return os.WriteFile(f.path+".etag", []byte(etag), 0o600)
}

// MoveTo makes the content durable under its final name and closes it.
func (f *File) MoveTo(path string) error {
	defer f.file.Close()
	if err := f.file.Sync(); err != nil {
		return fmt.Errorf("cannot keep the file: %w", err)
	}
	if err := os.Rename(f.path, path); err != nil {
		return fmt.Errorf("cannot keep the file: %w", err)
	}
	os.Remove(f.path + ".etag")
	return nil
}

// Room is how many bytes fit into the file system of a folder.
func Room(dir string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, fmt.Errorf("cannot tell the free space of %s: %w", dir, err)
	}
	return int64(s.Bavail) * int64(s.Bsize), nil
}
