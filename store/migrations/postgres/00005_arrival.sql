-- +goose Up

-- When a line of a device's log arrived: its keeping does not depend on the device's clock.
ALTER TABLE device_log ADD COLUMN arrived_at bigint NOT NULL DEFAULT 0;

-- Lines are in the order of their arrival, and no device's clock is far ahead.
UPDATE device_log SET arrived_at = x.at
FROM (SELECT id, max(at) OVER (ORDER BY id) AS at FROM device_log) AS x WHERE x.id = device_log.id;
