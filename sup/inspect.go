package sup

import "io"

// Inspection is what a package claims about itself. None of it is verified:
// anybody can write such a package. Only Verify makes a manifest true.
type Inspection struct {
	Manifest *Manifest `json:"manifest"`
	KeyIDs   []string  `json:"key_ids"` // of the keys that the signatures name
	// Problem is the sentence with which the members were refused; it is
	// empty where they match the manifest.
	Problem string `json:"problem,omitempty"`
}

// Inspect reads a package without trusting anybody. It returns an error only
// where there is no manifest that could be shown.
func Inspect(r io.Reader) (*Inspection, error) {
	e, err := archive{r}.envelope()
	if err != nil {
		return nil, err
	}
	m, err := parseManifest(e.Payload)
	if err != nil {
		return nil, err
	}
	i := &Inspection{Manifest: m, KeyIDs: e.keyIDs()}
	if err := (archive{r}).members(m, discard{}); err != nil {
		i.Problem = err.Error()
	}
	return i, nil
}
