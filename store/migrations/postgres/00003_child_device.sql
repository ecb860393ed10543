-- +goose Up

-- The gateway whose session a thing shares; NULL for a device with a session of its own.
ALTER TABLE device ADD COLUMN parent_id bigint REFERENCES device (id);

CREATE INDEX device_by_parent ON device (parent_id, id) WHERE parent_id IS NOT NULL;
