package client

import (
	"context"
	"iter"
	"net/url"
	"time"
)

// Release is something installable.
type Release struct {
	ID             int64         `json:"id"`
	UnitID         int64         `json:"unit_id"`
	Name           string        `json:"name"`
	Version        string        `json:"version"`
	ReleaseCounter uint64        `json:"release_counter"`
	Format         string        `json:"format"`
	Description    string        `json:"description,omitempty"`
	File           File          `json:"file"`
	Compatibility  Compatibility `json:"compatibility"`
	TimeoutSeconds int           `json:"timeout_seconds,omitempty"`
	Actions        []string      `json:"actions"`
	KeyFingerprint string        `json:"key_fingerprint"`
	Variables      []Variable    `json:"variables"`  // that may be given with an update
	Predefined     bool          `json:"predefined"` // it stands in the catalogue of pre-defined updates
	CreatedBy      string        `json:"created_by"`
	CreatedAt      time.Time     `json:"created_at"`
}

// Compatibility says which devices a release is made for; an empty field asks
// for nothing.
type Compatibility struct {
	Kinds         []string `json:"kinds,omitempty"`
	Models        []string `json:"models,omitempty"`
	OS            []string `json:"os,omitempty"`
	Architectures []string `json:"architectures,omitempty"`
	Versions      string   `json:"versions,omitempty"`
}

// ReleaseRef names a release inside another object.
type ReleaseRef struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Version string `json:"version"`
	Format  string `json:"format"`
}

// Variable is a value that may be given with an update of the release.
type Variable struct {
	Name        string   `json:"name"`
	Type        string   `json:"type,omitempty"` // string, integer or boolean; string where it is empty
	Description string   `json:"description,omitempty"`
	Pattern     string   `json:"pattern,omitempty"` // that a string matches as a whole
	Values      []string `json:"values,omitempty"`  // the only ones
	Required    bool     `json:"required,omitempty"`
}

// CreateRelease makes an uploaded package or bundle a release. One that is not
// good is an Invalid error that says why. One whose playbook has warnings is
// Unconfirmed until they are accepted. Either has its Findings.
func (c *Client) CreateRelease(ctx context.Context, file int64, acceptWarnings bool) (Release, error) {
	var r Release
	err := c.post(ctx, "/releases", map[string]any{"file_id": file, "accept_warnings": acceptWarnings}, &r)
	return r, err
}

// ReleaseFilter narrows a list of releases; a zero field asks for nothing.
type ReleaseFilter struct {
	Predefined bool // only those in the catalogue
	Name       string
	Format     string // sup or playbook
}

// Releases lists releases, newest first.
func (c *Client) Releases(ctx context.Context, f ReleaseFilter) iter.Seq2[Release, error] {
	q := url.Values{}
	if f.Predefined {
		q.Set("predefined", "true")
	}
	set(q, "name", f.Name)
	set(q, "format", f.Format)
	return all[Release](ctx, c, "/releases", q)
}

// SetPredefined puts a release into the catalogue of pre-defined updates, or
// takes it out.
func (c *Client) SetPredefined(ctx context.Context, id int64, predefined bool) (Release, error) {
	var r Release
	err := c.post(ctx, path("releases", id, "/predefined"), map[string]bool{"predefined": predefined}, &r)
	return r, err
}

// Release reads one release.
func (c *Client) Release(ctx context.Context, id int64) (Release, error) {
	var r Release
	err := c.get(ctx, path("releases", id, ""), nil, &r)
	return r, err
}
