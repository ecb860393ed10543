-- +goose Up

-- Scripts that are checked before they are applied, and variables.

-- The device says that it can run a script in check mode.
ALTER TABLE device ADD COLUMN jetporch_check INTEGER NOT NULL DEFAULT 0 CHECK (jetporch_check IN (0, 1));

ALTER TABLE release ADD COLUMN variables TEXT NOT NULL DEFAULT 'null'; -- JSON

-- typed: made of a script that an operator typed; not in the lists of releases.
ALTER TABLE release ADD COLUMN typed INTEGER NOT NULL DEFAULT 0 CHECK (typed IN (0, 1));

UPDATE release SET typed = 1 WHERE format = 'playbook' AND name LIKE 'jetporch-%';

-- check_id: the check whose content the update applies.
ALTER TABLE "update" ADD COLUMN is_check INTEGER NOT NULL DEFAULT 0 CHECK (is_check IN (0, 1));
ALTER TABLE "update" ADD COLUMN check_id INTEGER REFERENCES "update" (id);
ALTER TABLE "update" ADD COLUMN variables TEXT NOT NULL DEFAULT 'null'; -- JSON

CREATE INDEX update_by_check ON "update" (check_id, id DESC) WHERE check_id IS NOT NULL;
