-- Waits for commits under way, and fences all that come: a function that runs is not stopped by its being dropped.
update writer set fence = fence + 1;

-- A row of the log on its way, in one array a batch: an array for each of its columns cost the server, and the client, a microsecond or
-- more each, and their elements another. "place" counts from 1 in the batch.
create type log_entry as (
    id                bigint,
    place             bigint,
    time              bigint,
    tenant            bigint,
    payment           bigint,
    debtor            bigint,
    creditor          bigint,
    amount            bigint,
    debtor_balance    bigint,
    creditor_balance  bigint,
    debtor_previous   bigint,
    creditor_previous bigint,
    expires_at        bigint,
    version           integer,
    type              smallint,
    kind              smallint,
    currency          smallint,
    reason            smallint,
    key               uuid,
    request_hash      uuid,
    data              bytea,
    sealed            bytea,
    sealed_creditor   bytea,
    leaf              bytea,
    checks            bytea
);

-- Behind, payments are counted in the tail too, and added to their tables when its rows go: four numbers each, as tally_second has them.
alter table counters_tail add column tally bigint[] not null default '{}';
alter table counters_tail alter tally set storage plain;

create view tally_behind as
select c.tally[s.i + 1] as tenant, c.tally[s.i + 2] as second, c.tally[s.i + 3] as settled, c.tally[s.i + 4] as rejected
from counters_tail c, generate_series(0, cardinality(c.tally) - 4, 4) as s(i);

create view tally_second_now as
select t.tenant, t.second, sum(t.settled)::bigint as settled, sum(t.rejected)::bigint as rejected
from (select tenant, second, settled, rejected from tally_second union all select tenant, second, settled, rejected from tally_behind) t
group by t.tenant, t.second;

create view tally_total_now as
select t.tenant, sum(t.settled)::bigint as settled, sum(t.rejected)::bigint as rejected
from (select tenant, settled, rejected from tally_total union all select tenant, settled, rejected from tally_behind) t
group by t.tenant;

-- Lets go of the tail's rows up to a position, whose accounts are in their table: what they count is added to what is counted.
create function shorten_tail(p_to bigint) returns void language plpgsql as $$
begin
    with gone as (delete from counters_tail where position <= p_to returning tally),
        counted as (
            select g.tally[s.i + 1] as tenant, g.tally[s.i + 2] as second, sum(g.tally[s.i + 3])::bigint as settled, sum(g.tally[s.i + 4])::bigint as rejected
            from gone g, generate_series(0, cardinality(g.tally) - 4, 4) as s(i) group by 1, 2),
        by_second as (
            insert into tally_second as t (tenant, second, settled, rejected)
            select c.tenant, c.second, c.settled, c.rejected from counted c
            on conflict (tenant, second) do update set settled = t.settled + excluded.settled, rejected = t.rejected + excluded.rejected)
    insert into tally_total as t (tenant, settled, rejected)
    select c.tenant, sum(c.settled), sum(c.rejected) from counted c group by c.tenant
    on conflict (tenant) do update set settled = t.settled + excluded.settled, rejected = t.rejected + excluded.rejected;
end
$$;

-- Writes a slice of the tail's accounts, nine numbers each, and lets go of the tail up to a position where that is not 0.
create function write_swept(p_swept bigint[], p_swept_to bigint) returns void language plpgsql as $$
begin
    update counters c
    set debits_posted = p_swept[a.i + 2], credits_posted = p_swept[a.i + 3], debits_pending = p_swept[a.i + 4], credits_pending = p_swept[a.i + 5],
        version = p_swept[a.i + 6], event_version = p_swept[a.i + 7], last_row = p_swept[a.i + 8], activity = p_swept[a.i + 9], room = null
    from generate_series(0, cardinality(p_swept) - 9, 9) as a(i)
    where c.account = p_swept[a.i + 1];
    if p_swept_to > 0 then
        perform shorten_tail(p_swept_to);
    end if;
end
$$;

-- A slice in a quiet moment, by the writer that is alone and remains so; false where it is not any more.
create function sweep_slice(p_writer bigint, p_committed_to bigint, p_swept bigint[], p_swept_to bigint) returns boolean language plpgsql as $$
begin
    perform 1 from log_head where behind = p_writer and last_position = p_committed_to for no key update;
    if not found then
        return false;
    end if;
    perform write_swept(p_swept, p_swept_to);
    return true;
end
$$;

create or replace function sweep_counters() returns void language plpgsql as $$
begin
    perform 1 from log_head for no key update;
    update counters c
    set debits_posted = t.debits_posted, credits_posted = t.credits_posted, debits_pending = t.debits_pending, credits_pending = t.credits_pending,
        version = t.version, event_version = t.event_version, last_row = t.last_row, activity = t.activity, room = null
    from counters_behind t where c.account = t.account and (t.activity, t.version) > (c.activity, c.version);
    perform shorten_tail(9223372036854775807);
    update log_head set behind = null where behind is not null;
end
$$;

-- Behind, a commit does not look at its fence, but whether its name stands in the head: so that goes with the fences.
create or replace function fence_writers() returns trigger language plpgsql as $$
begin
    update writer set fence = fence + 1;
    perform sweep_counters();
    return null;
end
$$;

drop function commit_batch;

-- Writes a decided batch in one call, or nothing of it. Keys come in order, accounts by number, rows by id: so two writers take
-- locks in one order. Keys are unnested side by side in the select list: in the from clause each array would be laid down in a store of
-- its own first. Where many columns lie in one array (accounts, tally, waypoints, references), each of its rows is so many numbers in
-- the order of the table.
-- In place (p_way 1, and 2, which leaves the counters behind from then on) an account is written only if it still is in the state that
-- the batch was decided on; it may be among them unchanged, because a refusal rests on it. Behind (3) the head says that nobody else
-- wrote, and ends where this writer's last commit did: a database that was set back (a standby that did not have everything) is not
-- the one that the writer remembers. It is locked before the accounts of the sweep, as by whoever takes that away. The fence need not
-- be looked at then: whoever moves one on sweeps in the same transaction, and takes the name away.
-- Failures: a key is taken (its index says so: asking it first, by "on conflict", costs half as much again), LG002 an account moved
-- on, LG003 the writer's fence moved on, LG004 the counters are behind at another writer, or no more at this one. Unless p_raise, the
-- answer says so (1, 2, 3, 4) and nothing is left in the server's log.
create function commit_batch(
    p_raise boolean, p_writer bigint, p_fence bigint, p_way smallint,
    p_key uuid[], p_key_row bigint[],
    p_accounts bigint[], -- in place, eleven each: number, version and activity before; then as they are now. Behind, eight each: as they are now
    p_changed bigint[], -- behind: the numbers of those accounts
    p_swept bigint[], p_swept_to bigint, -- behind: accounts to write, nine each, and up to where the tail is done with then
    p_committed_to bigint, -- behind: the position of this writer's last commit
    p_rows log_entry[],
    p_leaves bytea, p_first_ids bigint[], p_last_ids bigint[],
    p_tally bigint[], p_waypoints bigint[], p_references bigint[])
returns table (result_code smallint, result_position bigint)
language plpgsql as $$
#variable_conflict use_column
declare
    v_rows bigint;
    v_count bigint := cardinality(p_rows);
    v_before bigint;
    v_hash bytea;
    v_constraint text;
begin
    begin
        if p_way < 3 then
            perform 1 from writer where number = p_writer and fence = p_fence for share;
            if not found then
                raise exception using errcode = 'LG003', message = 'The writer''s fence moved on.';
            end if;
        end if;

        if cardinality(p_key) > 0 then
            insert into key (key, row) select unnest(p_key), unnest(p_key_row);
        end if;

        if p_way < 3 then
            -- Asked before it is locked: whoever takes the counters away has the head, and waits for accounts.
            perform 1 from log_head where behind is not null;
            if found then
                raise exception using errcode = 'LG004', message = 'Another writer keeps the counters behind.';
            end if;

            update counters c
            set debits_posted = p_accounts[a.i + 4], credits_posted = p_accounts[a.i + 5], debits_pending = p_accounts[a.i + 6], credits_pending = p_accounts[a.i + 7],
                version = p_accounts[a.i + 8], event_version = p_accounts[a.i + 9], last_row = p_accounts[a.i + 10], activity = p_accounts[a.i + 11], room = null
            from generate_series(0, cardinality(p_accounts) - 11, 11) as a(i)
            where c.account = p_accounts[a.i + 1] and c.version = p_accounts[a.i + 2] and c.activity = p_accounts[a.i + 3];
            get diagnostics v_rows = row_count;
            if v_rows * 11 <> cardinality(p_accounts) then
                raise exception using errcode = 'LG002', message = 'An account moved on.';
            end if;
        end if;

        if v_count = 0 then
            select last_position into v_before from log_head
            where behind is not distinct from case p_way when 3 then p_writer end and (p_way < 3 or last_position = p_committed_to) for share;
        else
            update log_head set last_position = last_position + v_count, hash = sha256(hash || p_leaves), behind = case when p_way > 1 then p_writer end
            where behind is not distinct from case p_way when 3 then p_writer end and (p_way < 3 or last_position = p_committed_to)
            returning last_position - v_count, hash into v_before, v_hash;
        end if;
        if v_before is null then
            raise exception using errcode = 'LG004', message = 'Another writer keeps the counters behind, or took them from this one.';
        end if;
        if v_count = 0 then
            return query select 0::smallint, v_before;
            return;
        end if;

        if p_way = 3 then
            if cardinality(p_changed) <= 100 and cardinality(p_tally) <= 64 then
                insert into counters_tail (position, accounts, states, tally) values (v_before + v_count, p_changed, p_accounts, p_tally);
            else
                insert into counters_tail (position, accounts, states)
                select v_before + v_count, p_changed[s.i * 100 + 1 : s.i * 100 + 100], p_accounts[s.i * 800 + 1 : s.i * 800 + 800] from generate_series(0, (cardinality(p_changed) - 1) / 100) as s(i);
                insert into counters_tail (position, accounts, states, tally)
                select v_before + v_count, '{}', '{}', p_tally[s.i * 400 + 1 : s.i * 400 + 400] from generate_series(0, (cardinality(p_tally) - 1) / 400) as s(i);
            end if;
            if cardinality(p_swept) > 0 then
                perform write_swept(p_swept, p_swept_to);
            end if;
        end if;

        if cardinality(p_waypoints) > 0 then
            insert into waypoint (account, time, row) select p_waypoints[w.i + 1], p_waypoints[w.i + 2], p_waypoints[w.i + 3] from generate_series(0, cardinality(p_waypoints) - 3, 3) as w(i) on conflict do nothing;
        end if;
        if cardinality(p_references) > 0 then
            insert into reference (hash, row) select p_references[r.i + 1], p_references[r.i + 2] from generate_series(0, cardinality(p_references) - 2, 2) as r(i) on conflict do nothing;
        end if;

        insert into log (id, position, time, tenant, payment, debtor, creditor, amount, debtor_balance, creditor_balance, debtor_previous, creditor_previous,
            expires_at, version, type, kind, currency, reason, key, request_hash, data, sealed, sealed_creditor, leaf, checks)
        select r.id, v_before + r.place, r.time, r.tenant, r.payment, r.debtor, r.creditor, r.amount, r.debtor_balance, r.creditor_balance, r.debtor_previous, r.creditor_previous,
            r.expires_at, r.version, r.type, r.kind, r.currency, r.reason, r.key, r.request_hash, r.data, r.sealed, r.sealed_creditor, r.leaf, r.checks
        from unnest(p_rows) r;

        if p_way < 3 and cardinality(p_tally) > 0 then
            insert into tally_second as t (tenant, second, settled, rejected)
            select p_tally[s.i + 1], p_tally[s.i + 2], p_tally[s.i + 3], p_tally[s.i + 4] from generate_series(0, cardinality(p_tally) - 4, 4) as s(i)
            on conflict (tenant, second) do update set settled = t.settled + excluded.settled, rejected = t.rejected + excluded.rejected;
            insert into tally_total as t (tenant, settled, rejected)
            select p_tally[s.i + 1], sum(p_tally[s.i + 3]), sum(p_tally[s.i + 4]) from generate_series(0, cardinality(p_tally) - 4, 4) as s(i) group by 1
            on conflict (tenant) do update set settled = t.settled + excluded.settled, rejected = t.rejected + excluded.rejected;
        end if;

        insert into batch (first_position, last_position, first_ids, last_ids, hash) values (v_before + 1, v_before + v_count, p_first_ids, p_last_ids, v_hash);
        return query select 0::smallint, v_before + v_count;
        return;
    exception
        when sqlstate 'LG002' or sqlstate 'LG003' or sqlstate 'LG004' then
            if p_raise then
                raise;
            end if;
            return query select right(sqlstate, 1)::smallint, 0::bigint;
        when unique_violation then
            get stacked diagnostics v_constraint = constraint_name;
            if p_raise or v_constraint <> 'key_pkey' then
                raise;
            end if;
            return query select 1::smallint, 0::bigint;
    end;
end
$$;
