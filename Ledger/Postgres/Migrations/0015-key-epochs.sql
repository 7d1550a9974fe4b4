-- Keys stand in epochs of neighbouring positions of the log. One index of random keys takes a page of its own for each new key, once it is
-- long; that of an epoch has some 2,000 pages, however long the history is. Which epochs have a key, a filter for each says, made when the
-- epoch is at its end: it denies no key that is there, and denies nearly all others.

-- Waits for commits under way, and fences all that come: a function that runs is not stopped by its being dropped.
update writer set fence = fence + 1;
select sweep_counters();

-- How many positions of the log an epoch has. A batch's keys are of the epoch of its first position.
create function key_epoch_rows() returns bigint language sql immutable parallel safe as $$ select 262144::bigint $$;

alter table key rename constraint key_pkey to key_before_pkey;
alter table key rename to key_before;
create table key (
    epoch integer not null,
    key   uuid not null,
    row   bigint not null
);
insert into key (epoch, key, row)
select coalesce((l.position - 1) / key_epoch_rows(), 0), k.key, k.row from key_before k left join log l on l.id = k.row;
drop table key_before;
alter table key add constraint key_pkey primary key (epoch, key);

create table key_filter (
    epoch integer primary key,
    bits  bytea not null
);

-- No key is in an epoch before. What was let go of stands at the front of the index until it is vacuumed: the filters say where that ends.
create function first_key_epoch() returns integer language sql stable as $$
select min(epoch) from key where epoch >= coalesce((select min(epoch) from key_filter), 0)
$$;

-- Keys with their rows: of all that are asked for in epochs of a range, of others in the epoch that is named beside each.
create function find_keys(p_from integer, p_to integer, p_keys uuid[], p_asked_epochs integer[], p_asked uuid[])
returns table (key uuid, row_id bigint) language sql stable rows 1 as $$
select f.key, f.row_id
from (
    select w.key, (select k.row from key k where k.epoch = e.epoch and k.key = w.key) as row_id
    from unnest(p_keys) as w(key), generate_series(p_from, p_to) as e(epoch)
    union all
    select a.key, (select k.row from key k where k.epoch = a.epoch and k.key = a.key)
    from unnest(p_asked_epochs, p_asked) as a(epoch, key)) f
where f.row_id is not null
$$;

drop function commit_batch;

-- Writes a decided batch in one call, or nothing of it. Accounts come by number: so two writers take locks in one order. Whoever has the
-- head of the log is alone with the keys, which are looked for and written behind it, in the order of their index. They are unnested side
-- by side in the select list: in the from clause each array would be laid down in a store of its own first. Where many columns lie in one
-- array (accounts, tally, waypoints, references), each of its rows is so many numbers in the order of the table.
-- In place (p_way 1, and 2, which leaves the counters behind from then on) an account is written only if it still is in the state that
-- the batch was decided on; it may be among them unchanged, because a refusal rests on it. Behind (3) the head says that nobody else
-- wrote, and ends where this writer's last commit did: a database that was set back (a standby that did not have everything) is not
-- the one that the writer remembers. It is locked before the accounts of the sweep, as by whoever takes that away. The fence need not
-- be looked at then: whoever moves one on sweeps in the same transaction, and takes the name away.
-- Failures: a key is taken (the index of its epoch says so: asking it first, by "on conflict", costs half as much again; or LG001, where an
-- epoch before has it), LG002 an account moved on, LG003 the writer's fence moved on, LG004 the counters are behind at another writer, or no more at this one, LG005 the process has
-- filters that are not of this log. Unless p_raise, the answer says so (1 to 5) and nothing is left in the server's log.
create function commit_batch(
    p_raise boolean, p_writer bigint, p_fence bigint, p_way smallint,
    p_key uuid[], p_key_row bigint[],
    p_filtered integer, -- epochs before this one were looked at in their filters:
    p_asked_epochs integer[], p_asked uuid[], -- those that their filters did not deny
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
    v_epoch integer;
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

        if cardinality(p_key) > 0 then
            v_epoch := v_before / key_epoch_rows();
            if p_filtered > v_epoch then
                raise exception using errcode = 'LG005', message = 'An epoch has a filter before it is at its end.';
            end if;
            insert into key (epoch, key, row) select v_epoch, unnest(p_key), unnest(p_key_row);
            if p_filtered < v_epoch or cardinality(p_asked) > 0 then
                perform 1 from find_keys(p_filtered, v_epoch - 1, p_key, p_asked_epochs, p_asked);
                if found then
                    raise exception using errcode = 'LG001', message = 'A key is taken.';
                end if;
            end if;
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
        when sqlstate 'LG001' or sqlstate 'LG002' or sqlstate 'LG003' or sqlstate 'LG004' or sqlstate 'LG005' then
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
