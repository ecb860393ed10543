-- +goose Up

-- What is kept for a time only: the keys by which a command is given once.
ALTER TABLE setting ADD COLUMN expires_at INTEGER; -- NULL: never

UPDATE setting SET expires_at = (CAST(strftime('%s', 'now') AS INTEGER) + 7 * 86400) * 1000000 WHERE name LIKE 'idempotency/%';

CREATE INDEX setting_by_expiry ON setting (expires_at) WHERE expires_at IS NOT NULL;
