-- Times are milliseconds since 1970. Amounts are minor units. Ids and account numbers are leased; a position is commit order.

CREATE TABLE lease (
    name TEXT PRIMARY KEY,
    next INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE tenant (
    number INTEGER PRIMARY KEY,
    name   TEXT NOT NULL UNIQUE
);

CREATE TABLE api_key (
    hash       BLOB PRIMARY KEY,
    label      TEXT NOT NULL UNIQUE,
    tenant     INTEGER NOT NULL,
    role       INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
) WITHOUT ROWID;

CREATE TABLE account (
    number      INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    tenant      INTEGER NOT NULL,
    currency    INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    floor       INTEGER,          -- null: no rule
    limits      TEXT,             -- JSON; null: none
    data_key    BLOB,             -- wrapped by the key file
    sealed_name BLOB,
    opened_at   INTEGER NOT NULL
);

-- The few that a person may have to look after.
CREATE INDEX account_frozen ON account (tenant, number) WHERE status = 2;

-- What a payment changes of an account, apart from what never changes: many rows a page.
CREATE TABLE counters (
    account         INTEGER PRIMARY KEY,
    debits_posted   INTEGER NOT NULL,
    credits_posted  INTEGER NOT NULL,
    debits_pending  INTEGER NOT NULL,
    credits_pending INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    event_version   INTEGER NOT NULL,
    last_row        INTEGER NOT NULL,
    activity        INTEGER NOT NULL
);

-- Counters newer than their table, a row a batch: the accounts that it changed, with all their counters. The newest row that
-- names an account has them. Emptied as the table is swept.
CREATE TABLE counters_tail (
    position INTEGER PRIMARY KEY,
    changes  BLOB NOT NULL
);

-- The event log, and the journal: one wide row an event, with both legs of its transfer. An account's rows are a chain
-- (debtor_previous, creditor_previous) that starts at counters.last_row.
CREATE TABLE log (
    id                INTEGER PRIMARY KEY,
    position          INTEGER NOT NULL,
    type              INTEGER NOT NULL,
    time              INTEGER NOT NULL,
    tenant            INTEGER NOT NULL,
    payment           INTEGER,          -- null: its own id
    version           INTEGER NOT NULL,
    kind              INTEGER NOT NULL,
    debtor            INTEGER NOT NULL,
    creditor          INTEGER NOT NULL,
    amount            INTEGER NOT NULL,
    currency          INTEGER NOT NULL,
    debtor_balance    INTEGER NOT NULL,
    creditor_balance  INTEGER NOT NULL,
    debtor_previous   INTEGER NOT NULL,
    creditor_previous INTEGER NOT NULL,
    key               BLOB,
    request_hash      BLOB,
    reason            INTEGER NOT NULL,
    expires_at        INTEGER NOT NULL,
    data              BLOB,
    sealed            BLOB,
    sealed_creditor   BLOB,
    leaf              BLOB NOT NULL,
    checks            BLOB NOT NULL
);

-- Only rows after a payment's first one: none for a payment that settles at once.
CREATE INDEX log_follow_up ON log (payment, id) WHERE payment IS NOT NULL;

-- Payments whose outcome was unknown (type 7): few, and counted without reading the log.
CREATE INDEX log_unresolved ON log (id) WHERE type = 7;

-- A commit's place in the log, written last; the hash goes over the leaf hashes of its rows and the hash before it.
CREATE TABLE batch (
    first_position INTEGER PRIMARY KEY,
    last_position  INTEGER NOT NULL,
    first_id       INTEGER NOT NULL,
    last_id        INTEGER NOT NULL,
    hash           BLOB NOT NULL
);

-- Settled and rejected payments by the second of their event, for each tenant that sees them; tenant 0 is everyone. Written
-- with the batch, so that they agree with its position. A second in which nothing happened has no row.
CREATE TABLE tally_second (
    tenant   INTEGER NOT NULL,
    second   INTEGER NOT NULL,   -- since 1970
    settled  INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    PRIMARY KEY (tenant, second)
) WITHOUT ROWID;

CREATE TABLE tally_total (
    tenant   INTEGER PRIMARY KEY,
    settled  INTEGER NOT NULL,
    rejected INTEGER NOT NULL
);

-- Idempotency keys up to the folded position; newer ones are found in the rows of the log itself, and held in memory. An epoch is
-- the row's id / 262,144, so that keys of one time lie together.
CREATE TABLE key (
    epoch INTEGER NOT NULL,
    key   BLOB NOT NULL,
    row   INTEGER NOT NULL,
    PRIMARY KEY (epoch, key)
) WITHOUT ROWID;

-- Every 64th row of an account, so that a moment in a long chain is found without walking it.
CREATE TABLE waypoint (
    account INTEGER NOT NULL,
    time    INTEGER NOT NULL,
    row     INTEGER NOT NULL,
    PRIMARY KEY (account, time, row)
) WITHOUT ROWID;

-- References that callers gave (end-to-end id, UETR), hashed.
CREATE TABLE reference (
    hash INTEGER NOT NULL,
    row  INTEGER NOT NULL,
    PRIMARY KEY (hash, row)
) WITHOUT ROWID;

CREATE TABLE hold (
    id         INTEGER PRIMARY KEY,
    debtor     INTEGER NOT NULL,
    creditor   INTEGER NOT NULL,
    currency   INTEGER NOT NULL,
    authorized INTEGER NOT NULL,
    posted     INTEGER NOT NULL,
    voided     INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    final      INTEGER NOT NULL
);

CREATE TABLE returned (
    payment INTEGER PRIMARY KEY,
    amount  INTEGER NOT NULL
);

CREATE TABLE due (
    at    INTEGER NOT NULL,
    grain TEXT NOT NULL,
    kind  TEXT NOT NULL,
    id    INTEGER NOT NULL,
    PRIMARY KEY (at, grain, kind, id)
) WITHOUT ROWID;
