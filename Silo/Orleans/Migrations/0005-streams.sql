-- How far the log of each shard was relayed to the streams, and by whom. Who takes a shard raises its fence: whoever had it before moves
-- the place no more.
CREATE TABLE stream_relay
(
    shard int NOT NULL PRIMARY KEY,
    position bigint NOT NULL DEFAULT 0,
    fence bigint NOT NULL DEFAULT 0,
    owner text NOT NULL DEFAULT '',
    until timestamptz NOT NULL DEFAULT '-infinity'
);

-- Events that could not be published, until somebody asks for them again and they are.
CREATE TABLE stream_dead_letter
(
    shard int NOT NULL,
    position bigint NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    requeued boolean NOT NULL DEFAULT false,
    PRIMARY KEY (shard, position)
);
