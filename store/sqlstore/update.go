package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

const selectUpdate = `SELECT id, unit_id, type, form, title, coalesce(release_id, 0), audience, coalesce(group_id, 0), content, retries,
	expires_at, created_by, created_at, is_check, coalesce(check_id, 0), variables, coalesce(magic_link_id, 0) FROM "update" `

func scanUpdate(r row) (u fleet.Update, err error) {
	var audience, variables []byte
	err = r.Scan(&u.ID, &u.UnitID, &u.Type, &u.Form, &u.Title, &u.ReleaseID, &audience, &u.GroupID, &u.Content, &u.Retries,
		moment(&u.ExpiresAt), &u.CreatedBy, moment(&u.CreatedAt), &u.Check, &u.CheckID, &variables, &u.LinkID)
	if err != nil {
		return u, err
	}
	if err := json.Unmarshal(audience, &u.Audience); err != nil {
		return u, err
	}
	return u, json.Unmarshal(variables, &u.Variables)
}

// Update reads one update with its release and counts.
func (r reader) Update(ctx context.Context, id fleet.UpdateID) (fleet.Update, error) {
	all, err := r.updates(ctx, `WHERE id = $1`, id)
	if err == nil && len(all) == 0 {
		err = notFound("update %d", id)
	}
	if err == nil {
		err = r.count(ctx, all)
	}
	if err != nil {
		return fleet.Update{}, r.d.wrap(err, "read update %d", id)
	}
	return all[0], nil
}

// Updates lists the newest first, with releases and counts.
func (r reader) Updates(ctx context.Context, f control.UpdateFilter, p control.Page) ([]fleet.Update, error) {
	w := &where{d: r.d}
	if p.Within != nil {
		w.rows(`EXISTS (SELECT 1 FROM update_unit WHERE update_unit.update_id = "update".id
			AND update_unit.unit_id IN (`+units+`))`, ids(p.Within))
	}
	w.equal("group_id", f.GroupID, f.GroupID != 0)
	w.equal("check_id", f.CheckID, f.CheckID != 0)
	if f.Waiting {
		w.and(`(SELECT coalesce(sum(c.n), 0) FROM update_count c WHERE c.update_id = "update".id AND c.state IN (` + unsent + `)) > 0`)
	}
	query := w.page("id", p, true)
	all, err := r.updates(ctx, query, w.args...)
	if err == nil {
		err = r.count(ctx, all)
	}
	return all, r.d.wrap(err, "list updates")
}

// updates reads updates with their releases, without counts.
func (r reader) updates(ctx context.Context, where string, args ...any) ([]fleet.Update, error) {
	all, err := list(ctx, r, scanUpdate, selectUpdate+where, args...)
	if err != nil {
		return nil, err
	}
	return all, attach(all, func(u *fleet.Update) fleet.ReleaseID { return u.ReleaseID },
		func(of []fleet.ReleaseID) ([]fleet.Release, error) { return r.releasesOf(ctx, of) },
		func(v fleet.Release) fleet.ReleaseID { return v.ID },
		func(u *fleet.Update, v fleet.Release) { u.Release = v })
}

// InsertUpdate makes an update.
func (t tx) InsertUpdate(ctx context.Context, u fleet.Update) (fleet.UpdateID, error) {
	audience, err := json.Marshal(u.Audience)
	if err != nil {
		return 0, err
	}
	variables, err := json.Marshal(u.Variables)
	if err != nil {
		return 0, err
	}
	id, err := insert[fleet.UpdateID](ctx, t, fmt.Sprintf("update %q", u.Title), `INSERT INTO "update"
		(unit_id, type, form, title, release_id, audience, group_id, content, retries, expires_at, created_by, created_at,
		is_check, check_id, variables, magic_link_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id`,
		u.UnitID, u.Type, u.Form, storable(u.Title), reference(u.ReleaseID), string(audience), reference(u.GroupID),
		storable(u.Content), u.Retries, optional(u.ExpiresAt), u.CreatedBy, micros(u.CreatedAt),
		u.Check, reference(u.CheckID), string(variables), reference(u.LinkID))
	if err != nil {
		return 0, err
	}
	_, err = t.q.ExecContext(ctx, `INSERT INTO update_unit (update_id, unit_id) VALUES ($1, $2)`, id, u.UnitID)
	return id, t.d.wrap(err, "make update %q", u.Title)
}
