-- +goose Up

-- Times are microseconds since 1970 in UTC; no time is NULL, or 0 where the
-- column is NOT NULL. Lists of states are held against package fleet by a test.
-- AUTOINCREMENT keeps an id from being given twice where rows are deleted; the
-- busiest tables do without, since only the oldest of their rows ever go.

CREATE TABLE unit (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    parent_id INTEGER REFERENCES unit (id),
    kind      TEXT NOT NULL CHECK (kind IN ('service', 'channel', 'customer', 'ou')),
    name      TEXT NOT NULL
) STRICT;

INSERT INTO unit (parent_id, kind, name) VALUES (NULL, 'service', 'Service');

CREATE TABLE device (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    key          TEXT NOT NULL CONSTRAINT device_key UNIQUE,
    name         TEXT NOT NULL,
    kind         TEXT NOT NULL,
    unit_id      INTEGER NOT NULL REFERENCES unit (id),
    state        TEXT NOT NULL CONSTRAINT device_state_known CHECK (state IN ('pending', 'accepted', 'rejected')),
    model        TEXT NOT NULL,
    os           TEXT NOT NULL,
    architecture TEXT NOT NULL,
    version      TEXT NOT NULL,
    poll_every   INTEGER NOT NULL, -- microseconds
    created_at   INTEGER NOT NULL,
    search       TEXT NOT NULL -- key, name and model in small letters
) STRICT;

CREATE INDEX device_by_state ON device (state, id);

-- One narrow row for each device that ever spoke: the row that every contact writes.
CREATE TABLE device_seen (
    device_id INTEGER PRIMARY KEY REFERENCES device (id),
    at        INTEGER NOT NULL,
    link      TEXT NOT NULL
) STRICT;

CREATE TABLE device_value (
    device_id INTEGER NOT NULL REFERENCES device (id),
    kind      TEXT NOT NULL,
    key       TEXT NOT NULL,
    number    REAL NOT NULL,
    text      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    since     INTEGER NOT NULL,
    PRIMARY KEY (device_id, kind, key)
) STRICT, WITHOUT ROWID;

-- Only appended to, in the order of arrival, so that the oldest rows are the first.
CREATE TABLE value_history (
    id         INTEGER PRIMARY KEY,
    device_id  INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    key        TEXT NOT NULL,
    number     REAL NOT NULL,
    text       TEXT NOT NULL,
    at         INTEGER NOT NULL,
    arrived_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX value_history_by_key ON value_history (device_id, kind, key, at);

CREATE TABLE device_log (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    device_id INTEGER NOT NULL REFERENCES device (id),
    at        INTEGER NOT NULL,
    level     INTEGER NOT NULL,
    text      TEXT NOT NULL
) STRICT;

CREATE INDEX device_log_by_device ON device_log (device_id, id DESC);

CREATE TABLE credential (
    device_id     INTEGER PRIMARY KEY REFERENCES device (id),
    password_hash BLOB,
    app_id_hash   BLOB
) STRICT;

CREATE TABLE enrolment_token (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    hash       BLOB NOT NULL CONSTRAINT enrolment_token_hash UNIQUE,
    kind       TEXT NOT NULL CONSTRAINT enrolment_token_kind_known CHECK (kind IN ('one_time', 'application')),
    unit_id    INTEGER NOT NULL REFERENCES unit (id),
    note       TEXT NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    used_at    INTEGER,
    device_key TEXT NOT NULL
) STRICT;

CREATE INDEX enrolment_token_by_expiry ON enrolment_token (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE file (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    unit_id    INTEGER NOT NULL REFERENCES unit (id),
    device_id  INTEGER REFERENCES device (id), -- NULL for a file of the organisation
    name       TEXT NOT NULL,
    size       INTEGER NOT NULL,
    sha256     TEXT NOT NULL,
    crc32      INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX file_by_name ON file (device_id, name, id DESC);
CREATE INDEX file_by_device ON file (device_id, id DESC);

CREATE TABLE release (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    unit_id         INTEGER NOT NULL REFERENCES unit (id),
    name            TEXT NOT NULL,
    version         TEXT NOT NULL,
    release_counter INTEGER NOT NULL,
    format          TEXT NOT NULL CONSTRAINT release_format_known CHECK (
        format IN ('sup', 'image', 'playbook', 'swu', 'raucb', 'mender', 'ota_zip')),
    description     TEXT NOT NULL,
    file_id         INTEGER REFERENCES file (id),
    compatibility   TEXT NOT NULL, -- JSON
    timeout_seconds INTEGER NOT NULL,
    actions         TEXT NOT NULL, -- JSON
    key_fingerprint TEXT NOT NULL,
    created_by      TEXT NOT NULL,
    created_at      INTEGER NOT NULL,
    CONSTRAINT release_name UNIQUE (name, version, format)
) STRICT;

CREATE TABLE "update" (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    unit_id    INTEGER NOT NULL REFERENCES unit (id),
    type       TEXT NOT NULL CONSTRAINT update_type_known CHECK (
        type IN ('predefined', 'magic_link', 'jetporch', 'sup', 'image', 'delivery', 'method')),
    form       TEXT NOT NULL CONSTRAINT update_form_known CHECK (form IN ('command', 'campaign')),
    title      TEXT NOT NULL,
    release_id INTEGER REFERENCES release (id),
    audience   TEXT NOT NULL, -- JSON
    retries    INTEGER NOT NULL,
    expires_at INTEGER,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

-- How many executions of an update are in each state. The number is the sum
-- over the slots, which keep writers of one large update from waiting for
-- each other; a single slot may be negative.
CREATE TABLE update_count (
    update_id INTEGER NOT NULL REFERENCES "update" (id),
    state     TEXT NOT NULL,
    sent      INTEGER NOT NULL CHECK (sent IN (0, 1)),
    slot      INTEGER NOT NULL,
    n         INTEGER NOT NULL,
    PRIMARY KEY (update_id, state, sent, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE execution (
    id           INTEGER PRIMARY KEY,
    update_id    INTEGER NOT NULL REFERENCES "update" (id),
    device_id    INTEGER NOT NULL REFERENCES device (id),
    state        TEXT NOT NULL CONSTRAINT execution_state_known CHECK (state IN (
        'scheduled', 'pending', 'sent', 'asking', 'deferred', 'transfer_started', 'transfer_completed',
        'installation_started', 'installation_completed', 'succeeded', 'delivered', 'failed', 'cancelled',
        'refused', 'declined', 'not_necessary', 'expired')),
    reason       TEXT NOT NULL,
    attempt      INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    event_at     INTEGER NOT NULL, -- of the latest event, one that moved nothing included
    sent_at      INTEGER,
    finished_at  INTEGER,
    expires_at   INTEGER, -- the update's
    confirmation BLOB,
    CONSTRAINT execution_final_is_finished CHECK ((finished_at IS NOT NULL) = (state IN (
        'succeeded', 'delivered', 'failed', 'cancelled', 'refused', 'declined', 'not_necessary', 'expired'))),
    CONSTRAINT execution_once UNIQUE (update_id, device_id)
) STRICT;

CREATE INDEX execution_by_update ON execution (update_id, id DESC);
CREATE INDEX execution_by_device ON execution (device_id, id DESC);
CREATE INDEX execution_pending ON execution (device_id, id) WHERE state = 'pending';
CREATE INDEX execution_waiting ON execution (expires_at, id)
    WHERE state IN ('scheduled', 'pending') AND expires_at IS NOT NULL;
CREATE INDEX execution_in_flight ON execution (event_at, id) WHERE state IN (
    'sent', 'asking', 'deferred', 'transfer_started', 'transfer_completed', 'installation_started',
    'installation_completed');

CREATE TABLE execution_event (
    id           INTEGER PRIMARY KEY,
    execution_id INTEGER NOT NULL REFERENCES execution (id),
    event        TEXT NOT NULL,
    state        TEXT NOT NULL,
    detail       TEXT NOT NULL,
    mismatch     INTEGER NOT NULL CHECK (mismatch IN (0, 1)),
    at           INTEGER NOT NULL,
    device_at    INTEGER
) STRICT;

CREATE INDEX execution_event_by_execution ON execution_event (execution_id, id);

CREATE TABLE message (
    seq            INTEGER PRIMARY KEY AUTOINCREMENT,
    id             TEXT NOT NULL CONSTRAINT message_id UNIQUE,
    device_id      INTEGER NOT NULL REFERENCES device (id),
    execution_id   INTEGER REFERENCES execution (id),
    command        TEXT NOT NULL,
    params         BLOB,
    created_at     INTEGER NOT NULL,
    expires_at     INTEGER,
    session        TEXT NOT NULL,
    started        INTEGER NOT NULL CHECK (started IN (0, 1)),
    acked_at       INTEGER,
    answer_code    INTEGER NOT NULL,
    answer_message TEXT NOT NULL,
    answer_params  BLOB
) STRICT;

CREATE INDEX message_mailbox ON message (device_id, seq) WHERE acked_at IS NULL;
CREATE INDEX message_acked ON message (acked_at) WHERE acked_at IS NOT NULL;
CREATE INDEX message_by_expiry ON message (expires_at) WHERE acked_at IS NULL AND expires_at IS NOT NULL;

CREATE TABLE "user" (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT NOT NULL CONSTRAINT user_name UNIQUE,
    password_hash TEXT NOT NULL,
    role          TEXT NOT NULL,
    unit_id       INTEGER NOT NULL REFERENCES unit (id),
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
    hash       BLOB PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES "user" (id),
    name       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER -- NULL: never
) STRICT, WITHOUT ROWID;

CREATE INDEX session_by_expiry ON session (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    actor   TEXT NOT NULL,
    unit_id INTEGER NOT NULL,
    action  TEXT NOT NULL,
    object  TEXT NOT NULL,
    detail  TEXT NOT NULL
) STRICT;

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value BLOB
) STRICT, WITHOUT ROWID;
