-- +goose Up

-- Scripts that are checked before they are applied, and variables.

-- The device says that it can run a script in check mode.
ALTER TABLE device ADD COLUMN jetporch_check boolean NOT NULL DEFAULT false;

ALTER TABLE release ADD COLUMN variables text NOT NULL DEFAULT 'null'; -- JSON

-- typed: made of a script that an operator typed; not in the lists of releases.
ALTER TABLE release ADD COLUMN typed boolean NOT NULL DEFAULT false;

UPDATE release SET typed = true WHERE format = 'playbook' AND name LIKE 'jetporch-%';

-- check_id: the check whose content the update applies.
ALTER TABLE "update" ADD COLUMN is_check boolean NOT NULL DEFAULT false;
ALTER TABLE "update" ADD COLUMN check_id bigint REFERENCES "update" (id);
ALTER TABLE "update" ADD COLUMN variables text NOT NULL DEFAULT 'null'; -- JSON

CREATE INDEX update_by_check ON "update" (check_id, id DESC) WHERE check_id IS NOT NULL;
