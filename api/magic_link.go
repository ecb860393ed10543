package api

import (
	"context"
	"time"

	"github.com/sluicehq/sluice/fleet"
)

// MagicLink is an unguessable hash for one release and the devices declared
// for it, without the hash.
type MagicLink struct {
	ID        fleet.MagicLinkID `json:"id"`
	UnitID    fleet.UnitID      `json:"unit_id"`
	Release   ReleaseRef        `json:"release"`
	Note      string            `json:"note,omitempty"`
	Declared  int               `json:"declared" doc:"Devices"`
	Devices   []string          `json:"devices,omitempty" doc:"Keys of the declared devices; only where one is shown"`
	CreatedBy string            `json:"created_by"`
	CreatedAt time.Time         `json:"created_at"`
	RevokedAt time.Time         `json:"revoked_at,omitzero" doc:"Left out while it is good"`
}

func magicLinkOf(m fleet.MagicLink) MagicLink {
	return MagicLink{ID: m.ID, UnitID: m.UnitID, Release: releaseRefOf(m.ReleaseID, m.Release), Note: m.Note, Declared: m.Devices,
		CreatedBy: m.CreatedBy, CreatedAt: m.CreatedAt, RevokedAt: m.RevokedAt}
}

// NewMagicLink is a Magic Link with the hash that is shown this once.
type NewMagicLink struct {
	Hash      string    `json:"hash" doc:"Shown once; whoever gives the update types it"`
	MagicLink MagicLink `json:"magic_link"`
}

type createMagicLinkInput struct {
	Body struct {
		ReleaseID fleet.ReleaseID `json:"release_id" minimum:"1"`
		Devices   []string        `json:"devices" nullable:"false" minItems:"1" maxItems:"10000" doc:"Keys of the devices that it is good for"`
		Note      string          `json:"note,omitempty" maxLength:"200"`
	}
}

func (a *API) createMagicLink(ctx context.Context, in *createMagicLinkInput) (*output[NewMagicLink], error) {
	hash, m, err := a.control.CreateMagicLink(ctx, actorOf(ctx), in.Body.ReleaseID, in.Body.Devices, in.Body.Note)
	return answer(m, err, func(m fleet.MagicLink) NewMagicLink { return NewMagicLink{Hash: hash, MagicLink: magicLinkOf(m)} })
}

func (a *API) listMagicLinks(ctx context.Context, in *Page) (*output[list[MagicLink]], error) {
	links, err := a.control.MagicLinks(ctx, actorOf(ctx), in.control())
	return answerList(links, err, *in, magicLinkOf, func(m fleet.MagicLink) int64 { return int64(m.ID) })
}

type magicLinkInput struct {
	MagicLink fleet.MagicLinkID `path:"magic_link" minimum:"1"`
}

func (a *API) showMagicLink(ctx context.Context, in *magicLinkInput) (*output[MagicLink], error) {
	m, keys, err := a.control.MagicLinkByID(ctx, actorOf(ctx), in.MagicLink)
	return answer(m, err, func(m fleet.MagicLink) MagicLink {
		out := magicLinkOf(m)
		out.Devices = keys
		return out
	})
}

func (a *API) revokeMagicLink(ctx context.Context, in *magicLinkInput) (*output[MagicLink], error) {
	if err := a.control.RevokeMagicLink(ctx, actorOf(ctx), in.MagicLink); err != nil {
		return nil, err
	}
	return a.showMagicLink(ctx, in)
}
