-- Where the newest state of each document is: the log row whose sealed part holds it. Content stands in the log alone, so this
-- is an index that the log can be asked to make again.
CREATE TABLE document (
    number INTEGER PRIMARY KEY,   -- of the document, from a leased block: its id at the edge
    owner  INTEGER NOT NULL,      -- the account under whose data key it is sealed
    kind   INTEGER NOT NULL,
    row    INTEGER NOT NULL
);

-- Kinds from 64 on are never listed.
CREATE INDEX document_list ON document (owner, kind, number) WHERE kind < 64;

-- What a list can be narrowed to: the customer of an intent, the charge of a refund, the type of an event.
CREATE TABLE document_link (
    owner  INTEGER NOT NULL,
    kind   INTEGER NOT NULL,
    link   TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (owner, kind, link, number)
) WITHOUT ROWID;
