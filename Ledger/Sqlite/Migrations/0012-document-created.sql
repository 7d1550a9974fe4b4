-- Lists are ordered by when a document was made: numbers are leased in blocks, and say that only within one process.
ALTER TABLE document ADD COLUMN created INTEGER NOT NULL DEFAULT 0;

-- Of documents that are here already: the time of the oldest row among theirs and those of later numbers. A document was made no
-- later than any row that holds it or a later one; and with most came one that never changes, such as an event.
UPDATE document SET created = made.at FROM (
    SELECT d.number, min(l.time) OVER (PARTITION BY d.owner ORDER BY d.number DESC ROWS UNBOUNDED PRECEDING) AS at
    FROM document d JOIN log l ON l.id = d.row) made
WHERE made.number = document.number;

DROP INDEX document_list;
CREATE INDEX document_list ON document (owner, kind, created, number) WHERE kind < 64;

CREATE TABLE document_link_by_time (
    owner   INTEGER NOT NULL,
    kind    INTEGER NOT NULL,
    link    TEXT NOT NULL,
    created INTEGER NOT NULL,   -- as the document has it
    number  INTEGER NOT NULL,
    PRIMARY KEY (owner, kind, link, created, number)
) WITHOUT ROWID;
INSERT INTO document_link_by_time SELECT k.owner, k.kind, k.link, d.created, k.number FROM document_link k JOIN document d ON d.number = k.number;
DROP TABLE document_link;
ALTER TABLE document_link_by_time RENAME TO document_link;
