-- Waits for commits under way, and fences all that come: a function that runs is not stopped by its being dropped, and the one that was
-- before does not look who keeps the counters behind.
update writer set fence = fence + 1;

-- A process that is alone on the database keeps the counters behind: its batch appends what it changed to counters_tail, and each account
-- is written to its own row later, with all that came meanwhile. log_head names that writer (null: nobody, and the tail is empty). Who
-- finds it naming another takes that away first (sweep_counters), under the head's lock, which every commit takes: so whoever still is
-- named there has missed nothing, and need look at no account. Whatever else writes to counters must sweep first, and hold that lock.
alter table log_head add column behind bigint;

-- What a commit changed, a hundred accounts a row at most, so that none is stored apart: their numbers, and eight numbers of each, in
-- the order of counters. Of an account, the row with its greatest activity and version is the newest. Whoever sweeps vacuums too:
-- once a minute, as the server looks, is too seldom for what comes and goes in a second.
create table counters_tail (
    position bigint not null,
    accounts bigint[] not null,
    states   bigint[] not null
) with (autovacuum_enabled = off);

alter table counters_tail alter accounts set storage plain;
alter table counters_tail alter states set storage plain;

-- The newest state in the tail of each account that is there.
create view counters_behind as
select distinct on (t.account) t.account, t.states[t.i - 7] as debits_posted, t.states[t.i - 6] as credits_posted, t.states[t.i - 5] as debits_pending,
    t.states[t.i - 4] as credits_pending, t.states[t.i - 3] as version, t.states[t.i - 2] as event_version, t.states[t.i - 1] as last_row, t.states[t.i] as activity
from (select a.account, a.place::integer * 8 as i, c.states from counters_tail c, unnest(c.accounts) with ordinality as a(account, place)) t
order by t.account, t.states[t.i] desc, t.states[t.i - 3] desc;

-- All accounts' counters as they are: for whoever reads many.
create view counters_now as
select c.account,
    coalesce(t.debits_posted, c.debits_posted) as debits_posted, coalesce(t.credits_posted, c.credits_posted) as credits_posted,
    coalesce(t.debits_pending, c.debits_pending) as debits_pending, coalesce(t.credits_pending, c.credits_pending) as credits_pending,
    coalesce(t.version, c.version) as version, coalesce(t.event_version, c.event_version) as event_version,
    coalesce(t.last_row, c.last_row) as last_row, coalesce(t.activity, c.activity) as activity
from counters c left join counters_behind t on t.account = c.account and (t.activity, t.version) > (c.activity, c.version);

-- One account's counters as they are, for whoever reads few. The tail is not looked at where it is that of the writer p_known: who
-- asks remembers what is in it.
create function counters_at(p_account bigint, p_known bigint)
returns table (debits_posted bigint, credits_posted bigint, debits_pending bigint, credits_pending bigint, version bigint, event_version bigint, last_row bigint, activity bigint)
language sql stable rows 1 as $$
    select n.debits_posted, n.credits_posted, n.debits_pending, n.credits_pending, n.version, n.event_version, n.last_row, n.activity
    from (
        select c.debits_posted, c.credits_posted, c.debits_pending, c.credits_pending, c.version, c.event_version, c.last_row, c.activity from counters c where c.account = p_account
        union all
        select t.states[t.i - 7], t.states[t.i - 6], t.states[t.i - 5], t.states[t.i - 4], t.states[t.i - 3], t.states[t.i - 2], t.states[t.i - 1], t.states[t.i]
        from (
            select c.states, array_position(c.accounts, p_account) * 8 as i from counters_tail c
            where p_account = any(c.accounts) and (select h.behind from log_head h) <> p_known) t) n
    order by n.activity desc, n.version desc limit 1
$$;

-- Writes the whole tail to counters, and names nobody. The head stays locked until the caller's transaction ends.
create function sweep_counters() returns void language plpgsql as $$
begin
    perform 1 from log_head for no key update;
    update counters c
    set debits_posted = t.debits_posted, credits_posted = t.credits_posted, debits_pending = t.debits_pending, credits_pending = t.credits_pending,
        version = t.version, event_version = t.event_version, last_row = t.last_row, activity = t.activity, room = null
    from counters_behind t where c.account = t.account and (t.activity, t.version) > (c.activity, c.version);
    delete from counters_tail;
    update log_head set behind = null where behind is not null;
end
$$;

drop function commit_batch;

-- Writes a decided batch in one call, or nothing of it. Keys come in order, accounts by number, rows by id: so two writers take
-- locks in one order. Arrays are unnested side by side in the select list: in the from clause each would be laid down in a store of
-- its own first, at several times the cost; an empty one stands for nulls. Where many columns lie in one array (accounts, tally,
-- waypoints, references), each of its rows is so many numbers in the order of the table.
-- In place (p_way 1, and 2, which leaves the counters behind from then on) an account is written only if it still is in the state that
-- the batch was decided on; it may be among them unchanged, because a refusal rests on it. Behind (3) the head says that nobody else
-- wrote, and ends where this writer's last commit did: a database that was set back (a standby that did not have everything) is not
-- the one that the writer remembers. It is locked before the accounts of the sweep, as by whoever takes that away.
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
    p_id bigint[], p_offset bigint[], p_time bigint[], p_tenant bigint[], p_payment bigint[], p_debtor bigint[], p_creditor bigint[],
    p_amount bigint[], p_debtor_balance bigint[], p_creditor_balance bigint[], p_debtor_previous bigint[], p_creditor_previous bigint[],
    p_expires_at bigint[], p_row_version integer[], p_type smallint[], p_kind smallint[], p_currency smallint[], p_reason smallint[],
    p_row_key uuid[], p_request_hash uuid[], p_data bytea[], p_sealed bytea[], p_sealed_creditor bytea[], p_leaf bytea[], p_checks bytea[],
    p_leaves bytea, p_first_ids bigint[], p_last_ids bigint[],
    p_tally bigint[], p_waypoints bigint[], p_references bigint[])
returns table (result_code smallint, result_position bigint)
language plpgsql as $$
#variable_conflict use_column
declare
    v_rows bigint;
    v_count bigint := cardinality(p_id);
    v_before bigint;
    v_hash bytea;
    v_constraint text;
begin
    begin
        perform 1 from writer where number = p_writer and fence = p_fence for share;
        if not found then
            raise exception using errcode = 'LG003', message = 'The writer''s fence moved on.';
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
            insert into counters_tail (position, accounts, states)
            select v_before + v_count, p_changed[s.i * 100 + 1 : s.i * 100 + 100], p_accounts[s.i * 800 + 1 : s.i * 800 + 800] from generate_series(0, (cardinality(p_changed) - 1) / 100) as s(i);
            if cardinality(p_swept) > 0 then
                update counters c
                set debits_posted = p_swept[a.i + 2], credits_posted = p_swept[a.i + 3], debits_pending = p_swept[a.i + 4], credits_pending = p_swept[a.i + 5],
                    version = p_swept[a.i + 6], event_version = p_swept[a.i + 7], last_row = p_swept[a.i + 8], activity = p_swept[a.i + 9], room = null
                from generate_series(0, cardinality(p_swept) - 9, 9) as a(i)
                where c.account = p_swept[a.i + 1];
            end if;
            if p_swept_to > 0 then
                delete from counters_tail where position <= p_swept_to;
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
        select unnest(p_id), v_before + unnest(p_offset), unnest(p_time), unnest(p_tenant), unnest(p_payment), unnest(p_debtor), unnest(p_creditor), unnest(p_amount),
            unnest(p_debtor_balance), unnest(p_creditor_balance), unnest(p_debtor_previous), unnest(p_creditor_previous),
            unnest(p_expires_at), unnest(p_row_version), unnest(p_type), unnest(p_kind), unnest(p_currency), unnest(p_reason), unnest(p_row_key), unnest(p_request_hash),
            unnest(p_data), unnest(p_sealed), unnest(p_sealed_creditor), unnest(p_leaf), unnest(p_checks);

        if cardinality(p_tally) > 0 then
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
