-- From this row on, hashes of references and of requests are keyed by the master key; those before it are plain SHA-256.
INSERT INTO setting (name, value) SELECT 'hashes keyed since row', coalesce(max(id), 0) + 1 FROM log;
