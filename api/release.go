package api

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/compat"
	"github.com/sluicehq/sluice/fleet"
)

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
	CreatedBy      string             `json:"created_by"`
	CreatedAt      time.Time          `json:"created_at"`
}

func releaseOf(r fleet.Release) Release {
	return Release{ID: r.ID, UnitID: r.UnitID, Name: r.Name, Version: r.Version, ReleaseCounter: r.ReleaseCounter, Format: r.Format,
		Description: r.Description, File: fileOf(r.File), Compatibility: r.Compatibility, TimeoutSeconds: r.TimeoutSeconds,
		Actions: append([]string{}, r.Actions...), KeyFingerprint: r.KeyFingerprint, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt}
}

// ReleaseRef names a release inside another object.
type ReleaseRef struct {
	ID      fleet.ReleaseID `json:"id"`
	Name    string          `json:"name"`
	Version string          `json:"version"`
	Format  fleet.Format    `json:"format"`
}

type createReleaseInput struct {
	Body struct {
		FileID fleet.FileID `json:"file_id" minimum:"1"`
	}
}

func (a *API) createRelease(ctx context.Context, in *createReleaseInput) (*output[Release], error) {
	r, err := a.control.CreateRelease(ctx, actorOf(ctx), in.Body.FileID)
	return answer(r, err, releaseOf)
}

func (a *API) listReleases(ctx context.Context, in *Page) (*output[list[Release]], error) {
	releases, err := a.control.Releases(ctx, actorOf(ctx), in.control())
	return answerList(releases, err, *in, releaseOf, func(r fleet.Release) int64 { return int64(r.ID) })
}

type releaseInput struct {
	Release fleet.ReleaseID `path:"release" minimum:"1"`
}

func (a *API) showRelease(ctx context.Context, in *releaseInput) (*output[Release], error) {
	r, err := a.control.Release(ctx, actorOf(ctx), in.Release)
	return answer(r, err, releaseOf)
}
