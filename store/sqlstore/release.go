package sqlstore

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

const selectRelease = `SELECT id, unit_id, name, version, release_counter, format, description, coalesce(file_id, 0),
	compatibility, timeout_seconds, actions, key_fingerprint, variables, typed, predefined, created_by, created_at FROM release `

func scanRelease(r row) (v fleet.Release, err error) {
	var counter int64
	var compatibility, actions, variables []byte
	err = r.Scan(&v.ID, &v.UnitID, &v.Name, &v.Version, &counter, &v.Format, &v.Description, &v.FileID,
		&compatibility, &v.TimeoutSeconds, &actions, &v.KeyFingerprint, &variables, &v.Typed, &v.Predefined, &v.CreatedBy, moment(&v.CreatedAt))
	if err != nil {
		return v, err
	}
	v.ReleaseCounter = uint64(counter)
	if err := json.Unmarshal(compatibility, &v.Compatibility); err != nil {
		return v, err
	}
	if err := json.Unmarshal(actions, &v.Actions); err != nil {
		return v, err
	}
	return v, json.Unmarshal(variables, &v.Variables)
}

// Release reads one release with its file.
func (r reader) Release(ctx context.Context, id fleet.ReleaseID) (fleet.Release, error) {
	all, err := r.releases(ctx, `WHERE id = $1`, id)
	if err == nil && len(all) == 0 {
		err = notFound("release %d", id)
	}
	if err != nil {
		return fleet.Release{}, r.d.wrap(err, "read release %d", id)
	}
	return all[0], nil
}

// Releases lists the newest first; within units, what hangs above them too.
func (r reader) Releases(ctx context.Context, f control.ReleaseFilter, p control.Page) ([]fleet.Release, error) {
	w := &where{d: r.d}
	if p.Within != nil {
		w.rows("unit_id IN ("+unitsAround+")", ids(p.Within))
	}
	w.equal("typed", f.Typed, true)
	if f.Predefined {
		w.and("predefined")
	}
	w.equal("name", storable(f.Name), f.Name != "")
	w.equal("format", f.Format, f.Format != "")
	query := w.page("id", p, true)
	all, err := r.releases(ctx, query, w.args...)
	return all, r.d.wrap(err, "list releases")
}

// releases reads releases and, with one more query, their files.
func (r reader) releases(ctx context.Context, where string, args ...any) ([]fleet.Release, error) {
	all, err := list(ctx, r, scanRelease, selectRelease+where, args...)
	if err != nil {
		return nil, err
	}
	return all, attach(all, func(v *fleet.Release) fleet.FileID { return v.FileID },
		func(of []fleet.FileID) ([]fleet.File, error) { return r.files(ctx, of) },
		func(f fleet.File) fleet.FileID { return f.ID },
		func(v *fleet.Release, f fleet.File) { v.File = f })
}

// releasesOf reads the releases of the given ids, in no order.
func (r reader) releasesOf(ctx context.Context, of []fleet.ReleaseID) ([]fleet.Release, error) {
	from, args := r.d.source(ids(of))
	return r.releases(ctx, `WHERE id IN (SELECT x.id FROM `+from+`)`, args...)
}

// SetPredefined puts a release into the catalogue or takes it out.
func (t tx) SetPredefined(ctx context.Context, id fleet.ReleaseID, predefined bool) error {
	res, err := t.q.ExecContext(ctx, `UPDATE release SET predefined = $1 WHERE id = $2`, predefined, id)
	if err == nil {
		err = mustHit(res, "release %d", id)
	}
	return t.d.wrap(err, "change the catalogue")
}

// InsertRelease makes a release.
func (t tx) InsertRelease(ctx context.Context, v fleet.Release) (fleet.ReleaseID, error) {
	compatibility, err := json.Marshal(v.Compatibility)
	if err != nil {
		return 0, err
	}
	actions, err := json.Marshal(v.Actions)
	if err != nil {
		return 0, err
	}
	variables, err := json.Marshal(v.Variables)
	if err != nil {
		return 0, err
	}
	return insert[fleet.ReleaseID](ctx, t, fmt.Sprintf("release %s %s as %s", v.Name, v.Version, v.Format), `INSERT INTO release
		(unit_id, name, version, release_counter, format, description, file_id, compatibility, timeout_seconds,
		actions, key_fingerprint, variables, typed, predefined, created_by, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (name, version, format) DO NOTHING RETURNING id`,
		v.UnitID, v.Name, v.Version, int64(v.ReleaseCounter), v.Format, v.Description, reference(v.FileID),
		string(compatibility), v.TimeoutSeconds, string(actions), v.KeyFingerprint, string(variables), v.Typed, v.Predefined, v.CreatedBy, micros(v.CreatedAt))
}
