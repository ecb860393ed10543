package api

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/compat"
	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
	"github.com/sluicehq/sluice/variable"
)

// Variable is a value that may be given with an update of the release.
type Variable = variable.Variable

// Release is something installable.
type Release struct {
	ID             fleet.ReleaseID    `json:"id"`
	UnitID         fleet.UnitID       `json:"unit_id"`
	Name           string             `json:"name"`
	Version        string             `json:"version"`
	ReleaseCounter uint64             `json:"release_counter"`
	Format         fleet.Format       `json:"format"`
	Description    string             `json:"description,omitempty"`
	File           File               `json:"file"`
	Compatibility  compat.Requirement `json:"compatibility"`
	TimeoutSeconds int                `json:"timeout_seconds,omitempty" doc:"Of one run on a device; left out means the format's default"`
	Actions        []string           `json:"actions" nullable:"false" doc:"What it does, a line each"`
	KeyFingerprint string             `json:"key_fingerprint" doc:"Of the key that signed it"`
	Variables      []Variable         `json:"variables" nullable:"false" doc:"That may be given with an update"`
	Predefined     bool               `json:"predefined" doc:"It stands in the catalogue of pre-defined updates"`
	CreatedBy      string             `json:"created_by"`
	CreatedAt      time.Time          `json:"created_at"`
}

func releaseOf(r fleet.Release) Release {
	return Release{ID: r.ID, UnitID: r.UnitID, Name: r.Name, Version: r.Version, ReleaseCounter: r.ReleaseCounter, Format: r.Format,
		Description: r.Description, File: fileOf(r.File), Compatibility: r.Compatibility, TimeoutSeconds: r.TimeoutSeconds,
		Actions: append([]string{}, r.Actions...), KeyFingerprint: r.KeyFingerprint,
		Variables: append([]Variable{}, r.Variables...), Predefined: r.Predefined, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt}
}

// ReleaseRef names a release inside another object.
type ReleaseRef struct {
	ID      fleet.ReleaseID `json:"id"`
	Name    string          `json:"name"`
	Version string          `json:"version"`
	Format  fleet.Format    `json:"format"`
}

func releaseRefOf(id fleet.ReleaseID, r fleet.Release) ReleaseRef {
	return ReleaseRef{ID: id, Name: r.Name, Version: r.Version, Format: r.Format}
}

type createReleaseInput struct {
	Body struct {
		FileID         fleet.FileID `json:"file_id" minimum:"1"`
		AcceptWarnings bool         `json:"accept_warnings,omitempty" doc:"Make it although the check of its playbooks warns; without it a warning is the problem unconfirmed"`
	}
}

func (a *API) createRelease(ctx context.Context, in *createReleaseInput) (*output[Release], error) {
	r, err := a.control.CreateRelease(ctx, actorOf(ctx), in.Body.FileID, in.Body.AcceptWarnings)
	return answer(r, err, releaseOf)
}

type releasesInput struct {
	Page
	Predefined bool         `query:"predefined" doc:"Only those in the catalogue of pre-defined updates"`
	Format     fleet.Format `query:"format" enum:"sup,playbook" doc:"Only those of this format"`
	Name       string       `query:"name" maxLength:"200" doc:"Only those of this name"`
}

func (a *API) listReleases(ctx context.Context, in *releasesInput) (*output[list[Release]], error) {
	releases, err := a.control.Releases(ctx, actorOf(ctx), control.ReleaseFilter{Predefined: in.Predefined, Name: in.Name, Format: in.Format}, in.control())
	return answerList(releases, err, in.Page, releaseOf, func(r fleet.Release) int64 { return int64(r.ID) })
}

// ReleaseInput names a release in the path.
type ReleaseInput struct {
	Release fleet.ReleaseID `path:"release" minimum:"1"`
}

func (a *API) showRelease(ctx context.Context, in *ReleaseInput) (*output[Release], error) {
	r, err := a.control.Release(ctx, actorOf(ctx), in.Release)
	return answer(r, err, releaseOf)
}

type predefineInput struct {
	ReleaseInput
	Body struct {
		Predefined bool `json:"predefined" doc:"false takes it out of the catalogue; updates that were given go on"`
	}
}

func (a *API) predefine(ctx context.Context, in *predefineInput) (*output[Release], error) {
	r, err := a.control.SetPredefined(ctx, actorOf(ctx), in.Release, in.Body.Predefined)
	return answer(r, err, releaseOf)
}
