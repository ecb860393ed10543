package sqlstore

import (
	"context"

	"github.com/sluicehq/sluice/fleet"
)

// Credential reads what a device must show.
func (r reader) Credential(ctx context.Context, id fleet.DeviceID) (fleet.Credential, error) {
	c, ok, err := one(ctx, r, func(r row) (c fleet.Credential, err error) {
		return c, r.Scan(&c.DeviceID, &c.PasswordHash, &c.AppIDHash)
	}, `SELECT device_id, password_hash, app_id_hash FROM credential WHERE device_id = $1`, id)
	if err == nil && !ok {
		err = notFound("credential of device %d", id)
	}
	return c, r.d.wrap(err, "read the credential of device %d", id)
}

// SetCredential keeps what a device must show from now on.
func (t tx) SetCredential(ctx context.Context, c fleet.Credential) error {
	_, err := t.q.ExecContext(ctx, `INSERT INTO credential (device_id, password_hash, app_id_hash) VALUES ($1, $2, $3)
		ON CONFLICT (device_id) DO UPDATE SET password_hash = excluded.password_hash, app_id_hash = excluded.app_id_hash`,
		c.DeviceID, c.PasswordHash, c.AppIDHash)
	return t.d.wrap(err, "set the credential of device %d", c.DeviceID)
}

// DeleteCredential makes a device one that has nothing to show.
func (t tx) DeleteCredential(ctx context.Context, id fleet.DeviceID) error {
	_, err := t.q.ExecContext(ctx, `DELETE FROM credential WHERE device_id = $1`, id)
	return t.d.wrap(err, "delete the credential of device %d", id)
}
