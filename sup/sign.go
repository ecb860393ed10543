package sup

import "io"

// Sign copies a package from r to w and adds the signature of signer, or
// renews the one that its key made. The manifest and every member are checked
// on the way, so a signature is never put under a package that does not hold
// what it lists; signatures that are there are kept without being judged.
// After an error the caller discards what was written.
func Sign(r io.Reader, w io.Writer, signer Signer) (*Manifest, error) {
	e, err := archive{r}.envelope()
	if err != nil {
		return nil, err
	}
	m, err := parseManifest(e.Payload)
	if err != nil {
		return nil, err
	}
	if err := e.sign(signer); err != nil {
		return nil, err
	}
	if err := writeEnvelope(w, e); err != nil {
		return nil, err
	}
	if err := (archive{r}).members(m, copier{w}); err != nil {
		return nil, err
	}
	return m, writeEnd(w)
}

// copier writes members as they are read.
type copier struct{ w io.Writer }

func (c copier) create(m Member) (io.Writer, error) {
	header, err := tarHeader(m.Path, m.Size)
	if err != nil {
		return nil, err
	}
	_, err = c.w.Write(header)
	return c.w, err
}

func (c copier) finish(m Member, err error) error {
	if err != nil {
		return err
	}
	_, err = c.w.Write(tarEnd[:padding(m.Size)])
	return err
}
