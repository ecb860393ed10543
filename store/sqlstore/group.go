package sqlstore

import (
	"context"
	"fmt"
	"strings"

	"github.com/sluicehq/sluice/control"
	"github.com/sluicehq/sluice/fleet"
)

const (
	groupColumns = `"group".id, "group".unit_id, "group".name, "group".description, "group".created_by,
	"group".created_at, (SELECT count(*) FROM group_member m WHERE m.group_id = "group".id)`
	selectGroup = `SELECT ` + groupColumns + ` FROM "group" `
)

func scanGroup(r row) (g fleet.Group, err error) {
	return g, r.Scan(&g.ID, &g.UnitID, &g.Name, &g.Description, &g.CreatedBy, moment(&g.CreatedAt), &g.Members)
}

// Group reads one group with the number of its members.
func (r reader) Group(ctx context.Context, id fleet.GroupID) (fleet.Group, error) {
	g, ok, err := one(ctx, r, scanGroup, selectGroup+`WHERE "group".id = $1`, id)
	if err == nil && !ok {
		err = notFound("group %d", id)
	}
	return g, r.d.wrap(err, "read group %d", id)
}

// Groups lists groups by id.
func (r reader) Groups(ctx context.Context, f control.GroupFilter, p control.Page) ([]fleet.Group, error) {
	w := &where{d: r.d}
	w.within(`"group".unit_id`, p)
	w.equal(`"group".unit_id`, f.UnitID, f.UnitID != 0)
	if f.DeviceID != 0 {
		w.and(`"group".id IN (SELECT group_id FROM group_member WHERE device_id = ?)`, f.DeviceID)
	}
	w.contains(`"group".search`, f.Text)
	query := selectGroup + w.page(`"group".id`, p, false)
	all, err := list(ctx, r, scanGroup, query, w.args...)
	return all, r.d.wrap(err, "list groups")
}

// membership is one device in one group.
type membership struct {
	device fleet.DeviceID
	group  fleet.Group
}

func scanMembership(r row) (m membership, err error) {
	g := &m.group
	return m, r.Scan(&m.device, &g.ID, &g.UnitID, &g.Name, &g.Description, &g.CreatedBy, moment(&g.CreatedAt), &g.Members)
}

// GroupsOf lists the groups of each of the devices, by id.
func (r reader) GroupsOf(
	ctx context.Context, devices []fleet.DeviceID, within []fleet.UnitID,
) (map[fleet.DeviceID][]fleet.Group, error) {
	w := &where{d: r.d}
	w.rows(`member.device_id IN (SELECT x.id FROM {rows})`, ids(devices))
	w.within(`"group".unit_id`, control.Page{Within: within})
	found, err := list(ctx, r, scanMembership, `SELECT member.device_id, `+groupColumns+` FROM group_member member
		JOIN "group" ON "group".id = member.group_id `+w.String()+` ORDER BY "group".id`, w.args...)
	groups := map[fleet.DeviceID][]fleet.Group{}
	for _, m := range found {
		groups[m.device] = append(groups[m.device], m.group)
	}
	return groups, r.d.wrap(err, "list the groups of devices")
}

// MemberIDs reads the devices of a group, by id.
func (r reader) MemberIDs(ctx context.Context, id fleet.GroupID) ([]fleet.DeviceID, error) {
	all, err := list(ctx, r, scalar[fleet.DeviceID], `SELECT device_id FROM group_member WHERE group_id = $1
		ORDER BY device_id LIMIT $2`, id, fleet.MaxGroupMembers)
	return all, r.d.wrap(err, "read the members of group %d", id)
}

// InsertGroup makes an empty group.
func (t tx) InsertGroup(ctx context.Context, g fleet.Group) (fleet.GroupID, error) {
	name := storable(g.Name)
	return insert[fleet.GroupID](ctx, t, fmt.Sprintf("group %q", g.Name), `INSERT INTO "group"
		(unit_id, name, description, created_by, created_at, search) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (unit_id, name) DO NOTHING RETURNING id`,
		g.UnitID, name, storable(g.Description), storable(g.CreatedBy), micros(g.CreatedAt), strings.ToLower(name))
}

// SetGroup changes name and description.
func (t tx) SetGroup(ctx context.Context, g fleet.Group) error {
	name := storable(g.Name)
	res, err := t.q.ExecContext(ctx, `UPDATE "group" SET name = $1, description = $2, search = $3 WHERE id = $4`,
		name, storable(g.Description), strings.ToLower(name), g.ID)
	if err == nil {
		err = mustHit(res, "group %d", g.ID)
	}
	return t.d.wrap(err, "change group %q", g.Name)
}

// DeleteGroup deletes a group and its members' membership.
func (t tx) DeleteGroup(ctx context.Context, id fleet.GroupID) error {
	_, err := t.q.ExecContext(ctx, `DELETE FROM group_member WHERE group_id = $1`, id)
	if err != nil {
		return t.d.wrap(err, "delete group %d", id)
	}
	res, err := t.q.ExecContext(ctx, `DELETE FROM "group" WHERE id = $1`, id)
	if err == nil {
		err = mustHit(res, "group %d", id)
	}
	return t.d.wrap(err, "delete group %d", id)
}

// AddMembers puts devices into a group; a member stays one.
func (t tx) AddMembers(ctx context.Context, id fleet.GroupID, devices []fleet.DeviceID) error {
	err := t.execRows(ctx, members(id, devices), `INSERT INTO group_member (group_id, device_id)
		SELECT x.group_id, x.device_id FROM {rows} WHERE true ON CONFLICT (group_id, device_id) DO NOTHING`)
	return t.d.wrap(err, "put devices into group %d", id)
}

// RemoveMembers takes devices out of a group.
func (t tx) RemoveMembers(ctx context.Context, id fleet.GroupID, devices []fleet.DeviceID) error {
	err := t.execRows(ctx, members(id, devices), `DELETE FROM group_member WHERE (group_id, device_id) IN (
		SELECT x.group_id, x.device_id FROM {rows})`)
	return t.d.wrap(err, "take devices out of group %d", id)
}

func members(id fleet.GroupID, devices []fleet.DeviceID) *rowset {
	return new(rowset).
		ints("group_id", len(devices), func(int) int64 { return int64(id) }).
		ints("device_id", len(devices), func(i int) int64 { return int64(devices[i]) })
}
