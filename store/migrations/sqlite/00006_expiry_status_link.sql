-- +goose Up

-- What is kept for a time only: the keys by which a command is given once.
ALTER TABLE setting ADD COLUMN expires_at INTEGER; -- NULL: never

UPDATE setting SET expires_at = (CAST(strftime('%s', 'now') AS INTEGER) + 7 * 86400) * 1000000 WHERE name LIKE 'idempotency/%';

CREATE INDEX setting_by_expiry ON setting (expires_at) WHERE expires_at IS NOT NULL;

-- When the sending of executions in this state last got another status; 0: never.
ALTER TABLE update_count ADD COLUMN at INTEGER NOT NULL DEFAULT 0;

UPDATE update_count SET at = coalesce((SELECT max(coalesce(execution.sent_at, execution.finished_at, execution.created_at))
    FROM execution WHERE execution.update_id = update_count.update_id), 0) WHERE slot = 0;

-- The Magic Link that an update was given with.
ALTER TABLE "update" ADD COLUMN magic_link_id INTEGER REFERENCES magic_link (id);
