package sup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Build writes a package signed by signer. Every regular file of source
// becomes a member; anything that is neither file nor directory is an error.
// m.Members and m.Format are filled in, the rest is the caller's. The same
// input gives the same bytes.
func Build(w io.Writer, m Manifest, source fs.FS, signer Signer) error {
	m.Format = Format
	var err error
	if m.Members, err = listMembers(source); err != nil {
		return err
	}
	if err := m.Validate(); err != nil {
		return err
	}
	payload, err := m.encode()
	if err != nil {
		return err
	}
	// What was built is what a reader will see, read the same way.
	if _, err := parseManifest(payload); err != nil {
		return err
	}
	e := &envelope{Payload: payload, PayloadType: PayloadType}
	if err := e.sign(signer); err != nil {
		return err
	}
	if err := writeEnvelope(w, e); err != nil {
		return err
	}
	for _, member := range m.Members {
		if err := copyMember(w, member, source); err != nil {
			return err
		}
	}
	return writeEnd(w)
}

// listMembers returns the files below source in ascending order of the path.
func listMembers(source fs.FS) ([]Member, error) {
	members := []Member{}
	err := fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return nil
		case !entry.Type().IsRegular():
			return refuseMember(name, "it is no regular file; packages hold no links or devices")
		case len(members) == MaxMembers:
			return refuse("the source has more than %d files", MaxMembers)
		}
		member, err := measure(source, name)
		members = append(members, member)
		return err
	})
	if refusal := (*Error)(nil); errors.As(err, &refusal) {
		return nil, refusal
	}
	if err != nil {
		return nil, fmt.Errorf("cannot build package: %w", err)
	}
	sortMembers(members)
	return members, nil
}

func measure(source fs.FS, name string) (Member, error) {
	file, err := source.Open(name)
	if err != nil {
		return Member{}, err
	}
	defer file.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, file)
	return Member{Path: name, Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

// copyMember writes a file that must still be what was measured.
func copyMember(w io.Writer, m Member, source fs.FS) error {
	file, err := source.Open(m.Path)
	if err != nil {
		return fmt.Errorf("cannot build package: %w", err)
	}
	defer file.Close()
	sum := sha256.New()
	if err := writeMember(w, m.Path, m.Size, io.TeeReader(file, sum)); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != m.SHA256 {
		return fmt.Errorf("cannot build package: member %s changed while the package was built; build it again", m.Path)
	}
	return nil
}

func writeEnvelope(w io.Writer, e *envelope) error {
	text, err := encode(e)
	if err != nil {
		return err
	}
	return writeMember(w, EnvelopeName, int64(len(text)), bytes.NewReader(text))
}

func writeEnd(w io.Writer) error {
	if _, err := w.Write(tarEnd[:]); err != nil {
		return fmt.Errorf("cannot write package: %w", err)
	}
	return nil
}
