-- +goose Up

-- Units, grants, groups, Magic Links, the catalogue, and the chain of the audit log.

-- The ids from the root down to the unit itself: "/1/4/9/".
ALTER TABLE unit ADD COLUMN path TEXT NOT NULL DEFAULT '';

WITH RECURSIVE tree (id, path) AS (
    SELECT id, '/' || id || '/' FROM unit WHERE parent_id IS NULL
    UNION ALL
    SELECT unit.id, tree.path || unit.id || '/' FROM unit JOIN tree ON unit.parent_id = tree.id
)
UPDATE unit SET path = (SELECT tree.path FROM tree WHERE tree.id = unit.id);

CREATE UNIQUE INDEX unit_name ON unit (parent_id, name);

-- placed: a person gave the name, and the device's attributes leave it.
ALTER TABLE device ADD COLUMN placed INTEGER NOT NULL DEFAULT 0 CHECK (placed IN (0, 1));
ALTER TABLE device ADD COLUMN jetporch INTEGER NOT NULL DEFAULT 0 CHECK (jetporch IN (0, 1));

CREATE INDEX device_by_unit ON device (unit_id, id);
CREATE INDEX device_by_version ON device (version, id);

-- A contact seldom writes the link, see contact.go.
CREATE INDEX device_seen_by_link ON device_seen (link, device_id);

CREATE TABLE "group" (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    unit_id     INTEGER NOT NULL REFERENCES unit (id),
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    created_by  TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    search      TEXT NOT NULL, -- the name in small letters
    CONSTRAINT group_name UNIQUE (unit_id, name)
) STRICT;

CREATE TABLE group_member (
    group_id  INTEGER NOT NULL REFERENCES "group" (id),
    device_id INTEGER NOT NULL REFERENCES device (id),
    PRIMARY KEY (group_id, device_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX group_member_by_device ON group_member (device_id, group_id);

ALTER TABLE release ADD COLUMN predefined INTEGER NOT NULL DEFAULT 0 CHECK (predefined IN (0, 1));

CREATE INDEX release_in_catalogue ON release (id) WHERE predefined;

CREATE TABLE magic_link (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    hash       BLOB NOT NULL CONSTRAINT magic_link_hash UNIQUE,
    unit_id    INTEGER NOT NULL REFERENCES unit (id),
    release_id INTEGER NOT NULL REFERENCES release (id),
    note       TEXT NOT NULL,
    devices    INTEGER NOT NULL, -- rows of magic_link_device
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) STRICT;

CREATE TABLE magic_link_device (
    magic_link_id INTEGER NOT NULL REFERENCES magic_link (id),
    device_id     INTEGER NOT NULL REFERENCES device (id),
    PRIMARY KEY (magic_link_id, device_id)
) STRICT, WITHOUT ROWID;

-- The group may be deleted; the update keeps its number.
ALTER TABLE "update" ADD COLUMN group_id INTEGER;
ALTER TABLE "update" ADD COLUMN content TEXT NOT NULL DEFAULT '';

CREATE INDEX update_by_group ON "update" (group_id, id DESC) WHERE group_id IS NOT NULL;

-- The units that an update was given in: its own, and its devices' at that time.
CREATE TABLE update_unit (
    update_id INTEGER NOT NULL REFERENCES "update" (id),
    unit_id   INTEGER NOT NULL REFERENCES unit (id),
    PRIMARY KEY (update_id, unit_id)
) STRICT, WITHOUT ROWID;

INSERT INTO update_unit (update_id, unit_id)
SELECT id, unit_id FROM "update"
UNION
SELECT execution.update_id, device.unit_id FROM execution JOIN device ON device.id = execution.device_id;

-- What waits to be handed over.
DROP INDEX execution_pending;
CREATE INDEX execution_unsent ON execution (device_id, id) WHERE state IN ('scheduled', 'pending');

CREATE TABLE "grant" (
    user_id INTEGER NOT NULL REFERENCES "user" (id),
    unit_id INTEGER NOT NULL REFERENCES unit (id),
    role    TEXT NOT NULL CONSTRAINT grant_role_known CHECK (role IN (
        'SERVICE_VIEWER', 'SERVICE_OPERATOR', 'SERVICE_ADMINISTRATOR', 'CUSTOMER_ADMINISTRATOR',
        'CHANNEL_ADMINISTRATOR')),
    PRIMARY KEY (user_id, unit_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX grant_by_unit ON "grant" (unit_id, user_id);

-- Everybody keeps the role, and the first user becomes the one who manages the others.
INSERT INTO "grant" (user_id, unit_id, role) SELECT id, unit_id, role FROM "user";
INSERT INTO "grant" (user_id, unit_id, role) SELECT min(id), 1, 'CHANNEL_ADMINISTRATOR' FROM "user" HAVING count(*) > 0
ON CONFLICT (user_id, unit_id) DO UPDATE SET role = excluded.role;

ALTER TABLE "user" DROP COLUMN role;
ALTER TABLE "user" DROP COLUMN unit_id;
ALTER TABLE "user" ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0 CHECK (must_change IN (0, 1));
ALTER TABLE "user" ADD COLUMN disabled_at INTEGER;

ALTER TABLE session ADD COLUMN actions TEXT; -- JSON; NULL: no limit

CREATE INDEX session_by_user ON session (user_id);

ALTER TABLE audit ADD COLUMN seal INTEGER;
ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';

CREATE UNIQUE INDEX audit_seal ON audit (seal) WHERE seal IS NOT NULL;
CREATE INDEX audit_unsealed ON audit (id) WHERE seal IS NULL;
CREATE INDEX audit_by_unit ON audit (unit_id, id);
