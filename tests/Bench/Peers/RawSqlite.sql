-- The rows that a settled payment makes, without what nobody reads in this baseline: no account data, no secondary index.
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

CREATE TABLE counters_tail (
    position INTEGER PRIMARY KEY,
    changes  BLOB NOT NULL
);

CREATE TABLE log (
    id                INTEGER PRIMARY KEY,
    position          INTEGER NOT NULL,
    type              INTEGER NOT NULL,
    time              INTEGER NOT NULL,
    tenant            INTEGER NOT NULL,
    payment           INTEGER,
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

CREATE TABLE batch (
    first_position INTEGER PRIMARY KEY,
    last_position  INTEGER NOT NULL,
    first_id       INTEGER NOT NULL,
    last_id        INTEGER NOT NULL,
    hash           BLOB NOT NULL
);

CREATE TABLE key (
    key BLOB PRIMARY KEY,
    row INTEGER NOT NULL
) WITHOUT ROWID;
