-- Which shard of which ledger this database is. No row in one that was never opened as a shard: it is a ledger by itself.
create table shard (
    only_row boolean primary key default true check (only_row),
    number   smallint not null,
    of       smallint not null,
    ledger   uuid not null
);

-- The map: where each bucket is, and how often it moved. No rows where there is one shard, which has them all.
create table bucket (
    number smallint primary key,
    shard  smallint not null,
    epoch  bigint not null
);

-- Each commit carries its writer's fence, and the writer read its buckets under it. So a bucket's epoch never changes without all
-- fences: whoever decides on the map of before is refused, whichever way the change came.
create function fence_writers() returns trigger language plpgsql as $$
begin
    update writer set fence = fence + 1;
    return null;
end
$$;

create trigger bucket_moved after insert or update or delete on bucket for each statement execute function fence_writers();
