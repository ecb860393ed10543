package sup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// archive reads a package from front to back, once.
type archive struct{ r io.Reader }

// envelope reads the first member. Nothing of it is believed yet.
func (a archive) envelope() (*envelope, error) {
	header, err := a.block(EnvelopeName)
	if err != nil {
		return nil, err
	}
	size, err := tarSize(header)
	if tarName(header) != EnvelopeName || err != nil {
		return nil, refuse("it does not begin with %s; it is no .sup package", EnvelopeName)
	}
	if size > MaxEnvelope {
		return nil, refuseMember(EnvelopeName, "it has %d bytes, more than the %d allowed", size, MaxEnvelope)
	}
	if err := checkHeader(header, EnvelopeName, size); err != nil {
		return nil, err
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(a.r, text); err != nil {
		return nil, readError(EnvelopeName, err)
	}
	if err := a.padding(EnvelopeName, size); err != nil {
		return nil, err
	}
	return parseEnvelope(text)
}

// sink takes the members of a package, one after the other.
type sink interface {
	// create returns where the content of the next member goes.
	create(Member) (io.Writer, error)
	// finish ends the member that create began; err says what was wrong with
	// it. It returns the error that ends the reading, err included.
	finish(m Member, err error) error
}

// discard is the sink of those who only want to know.
type discard struct{}

func (discard) create(Member) (io.Writer, error) { return io.Discard, nil }
func (discard) finish(_ Member, err error) error { return err }

// members reads every member that the manifest lists into the sink, checks
// name, size and sum of each, and then that nothing follows.
func (a archive) members(m *Manifest, to sink) error {
	for i, member := range m.Members {
		if err := a.expect(m, i); err != nil {
			return err
		}
		w, err := to.create(member)
		if err != nil {
			return err
		}
		if err := to.finish(member, a.copy(member, w)); err != nil {
			return err
		}
	}
	return a.end(m)
}

// expect reads the header of member i of the manifest.
func (a archive) expect(m *Manifest, i int) error {
	want := m.Members[i]
	header, err := a.block(want.Path)
	if err != nil {
		return err
	}
	if bytes.Equal(header, tarEnd[:blockSize]) {
		return refuseMember(want.Path, "it is listed in the manifest and missing from the package")
	}
	if name := tarName(header); name != want.Path {
		return m.unexpected(name, tarKind(header), i)
	}
	return checkHeader(header, want.Path, want.Size)
}

// unexpected explains a member that stands where member i should.
func (m *Manifest) unexpected(name, kind string, i int) error {
	if kind != "" {
		return refuseMember(name, "it is %s; only regular files are allowed", kind)
	}
	for j, member := range m.Members {
		switch {
		case member.Path != name:
		case j < i:
			return refuseMember(name, "it comes twice")
		default:
			return refuseMember(m.Members[i].Path, "it is listed in the manifest and missing before %s", name)
		}
	}
	return refuseMember(name, "it is not listed in the manifest")
}

// copy reads a member's content and compares it with what the manifest says.
func (a archive) copy(m Member, w io.Writer) error {
	sum, out := sha256.New(), &watched{w: w}
	if _, err := io.CopyN(io.MultiWriter(out, sum), a.r, m.Size); err != nil {
		if out.err != nil {
			return fmt.Errorf("cannot write member %s: %w", m.Path, out.err)
		}
		return readError(m.Path, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != m.SHA256 {
		return refuseMember(m.Path, "its SHA-256 is %s, the manifest says %s", got, m.SHA256)
	}
	return a.padding(m.Path, m.Size)
}

// end checks the two blocks of zeros and that the input ends behind them.
func (a archive) end(m *Manifest) error {
	block, err := a.block("")
	if err != nil {
		return err
	}
	if !bytes.Equal(block, tarEnd[:blockSize]) {
		return m.unexpected(tarName(block), tarKind(block), len(m.Members))
	}
	if block, err = a.block(""); err != nil {
		return err
	}
	if !bytes.Equal(block, tarEnd[:blockSize]) {
		return refuse("the two blocks at its end are not zero")
	}
	var one [1]byte
	switch _, err = io.ReadFull(a.r, one[:]); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return fmt.Errorf("cannot read package: %w", err)
	}
	return refuse("there are bytes behind its end")
}

// block reads 512 bytes; member names what they belong to.
func (a archive) block(member string) ([]byte, error) {
	b := make([]byte, blockSize)
	if _, err := io.ReadFull(a.r, b); err != nil {
		if member == "" && (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)) {
			return nil, refuse("it ends before the two blocks of zeros that close it")
		}
		return nil, readError(member, err)
	}
	return b, nil
}

func (a archive) padding(member string, size int64) error {
	var b [blockSize]byte
	pad := b[:padding(size)]
	if _, err := io.ReadFull(a.r, pad); err != nil {
		return readError(member, err)
	}
	if !bytes.Equal(pad, tarEnd[:len(pad)]) {
		return refuseMember(member, "the bytes that fill its last block are not zero")
	}
	return nil
}

// checkHeader compares a header with the only one allowed.
func checkHeader(header []byte, name string, size int64) error {
	if kind := tarKind(header); kind != "" {
		return refuseMember(name, "it is %s; only regular files are allowed", kind)
	}
	if got, err := tarSize(header); err != nil || got != size {
		return refuseMember(name, "its header gives a size other than the %d bytes that the manifest says", size)
	}
	want, err := tarHeader(name, size)
	if err != nil {
		return refuseMember(name, "%v", err)
	}
	if !bytes.Equal(header, want) {
		return refuseMember(name, "its header is not the plain ustar header (mode 0644, owner 0, time 0, no extension)")
	}
	return nil
}

// watched keeps the failure of a writer apart from that of the reader: a full
// disk is no fault of the package.
type watched struct {
	w   io.Writer
	err error
}

func (t *watched) Write(p []byte) (int, error) {
	n, err := t.w.Write(p)
	t.err = err
	return n, err
}
