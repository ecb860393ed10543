package workbench

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// written says what a command has put on disk.
type written struct {
	File   string `json:"file"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// writeFile lets write fill a new file that takes the name only when it is
// complete and on disk. What has the name already is replaced.
func writeFile(name string, write func(io.Writer) error) (done written, err error) {
	file, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return done, fmt.Errorf("cannot write %s: %w", name, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreClosed(file.Close()), os.Remove(file.Name()))
		}
	}()
	sum := sha256.New()
	buffered := bufio.NewWriterSize(file, 1<<16)
	if err = write(io.MultiWriter(buffered, sum)); err != nil {
		return done, err
	}
	info, err := finish(file, buffered)
	if err != nil {
		return done, fmt.Errorf("cannot write %s: %w", name, err)
	}
	if err = os.Rename(file.Name(), name); err != nil {
		return done, fmt.Errorf("cannot write %s: %w", name, err)
	}
	if err := syncFolder(name); err != nil {
		return done, err
	}
	return written{File: name, Size: info.Size(), SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}

func finish(file *os.File, buffered *bufio.Writer) (os.FileInfo, error) {
	if err := buffered.Flush(); err != nil {
		return nil, err
	}
	if err := file.Chmod(0o644); err != nil {
		return nil, err
	}
	if err := file.Sync(); err != nil {
		return nil, err
	}
	info, err := file.Stat()
	return info, errors.Join(err, file.Close())
}

// syncFolder makes the name of a file durable.
func syncFolder(name string) error {
	folder, err := os.Open(filepath.Dir(name))
	if err != nil {
		return fmt.Errorf("cannot sync the folder of %s: %w", name, err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return fmt.Errorf("cannot sync the folder of %s: %w", name, err)
	}
	return nil
}

func ignoreClosed(err error) error {
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// withFile opens a file for reading while f runs.
func withFile(name string, f func(io.Reader) error) error {
	file, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("cannot open package: %w", err)
	}
	defer file.Close()
	return f(bufio.NewReaderSize(file, 1<<16))
}
