-- Several processes keep the counters behind together. Each appends what it changed to the tail, and takes over what the others appended
-- before it decides: under the lock of the log's head, or in memory, where the head says at the commit that nobody came between. So no
-- account is looked at or locked beside another process either. log_head.behind names what they share, and ends with it, whoever ends it:
-- a name below 0, the position with which it began, is the tail's of all who read it from there on; one above 0 is of a release before,
-- which keeps the counters behind alone and takes a name below 0 away, as it does another's. Functions keep what they were called
-- with: processes of that release go on.

-- Up to where the tail was swept: who has not read so far yet has missed what is gone from it, and begins anew.
alter table log_head add column swept_to bigint not null default 0;

-- What others appended since is looked for with each batch.
create index counters_tail_position on counters_tail (position);

-- One account's counters as they are, for whoever remembers what stands in the tail that is named so up to a position (0, 0: nothing).
create function counters_at(p_account bigint, p_name bigint, p_seen bigint)
returns table (debits_posted bigint, credits_posted bigint, debits_pending bigint, credits_pending bigint, version bigint, event_version bigint, last_row bigint, activity bigint)
language sql stable rows 1 as $$
    select n.debits_posted, n.credits_posted, n.debits_pending, n.credits_pending, n.version, n.event_version, n.last_row, n.activity
    from (
        select c.debits_posted, c.credits_posted, c.debits_pending, c.credits_pending, c.version, c.event_version, c.last_row, c.activity from counters c where c.account = p_account
        union all
        select t.states[t.i - 7], t.states[t.i - 6], t.states[t.i - 5], t.states[t.i - 4], t.states[t.i - 3], t.states[t.i - 2], t.states[t.i - 1], t.states[t.i]
        from (
            select c.states, array_position(c.accounts, p_account) * 8 as i from counters_tail c
            where c.position > (select case when h.behind = p_name then p_seen else 0 end from log_head h) and p_account = any(c.accounts)) t) n
    order by n.activity desc, n.version desc limit 1
$$;

-- Whoever writes a slice has seen all that was committed; that no account goes back to what it was does not rest on it.
create or replace function write_swept(p_swept bigint[], p_swept_to bigint) returns void language plpgsql as $$
begin
    update counters c
    set debits_posted = p_swept[a.i + 2], credits_posted = p_swept[a.i + 3], debits_pending = p_swept[a.i + 4], credits_pending = p_swept[a.i + 5],
        version = p_swept[a.i + 6], event_version = p_swept[a.i + 7], last_row = p_swept[a.i + 8], activity = p_swept[a.i + 9], room = null
    from generate_series(0, cardinality(p_swept) - 9, 9) as a(i)
    where c.account = p_swept[a.i + 1] and (p_swept[a.i + 9], p_swept[a.i + 6]) >= (c.activity, c.version);
    if p_swept_to > 0 then
        perform shorten_tail(p_swept_to);
        update log_head set swept_to = p_swept_to where swept_to < p_swept_to;
    end if;
end
$$;

-- Writes a decided batch in one call, or nothing of it. Accounts come by number: so two writers take locks in one order. Whoever has the
-- head of the log is alone with the keys, which are looked for and written behind it, in the order of their index. They are unnested side
-- by side in the select list: in the from clause each array would be laid down in a store of its own first. Where many columns lie in one
-- array (accounts, tally, waypoints, references), each of its rows is so many numbers in the order of the table.
-- In place (p_way 1, and 4, which leaves the counters behind from then on, under the negative of its position as their name; p_way 2 of
-- a release before does so under the writer's number) an account is written only if it still is in the state that the batch was decided
-- on; it may be among them unchanged, because a refusal rests on it. Behind (3) p_writer is that name, and the head says that it still
-- is, and that the log ends where this writer knows it to: nothing was committed that it does not know, and a database that was set back
-- (a standby that did not have everything) is not the one that it remembers. The head is locked before the accounts of the sweep, as by
-- whoever takes the name away. The fence need not be looked at then: whoever took the name up looked at it, and whoever moves one on
-- sweeps in the same transaction, which ends the name.
-- Failures: a key is taken (the index of its epoch says so: asking it first, by "on conflict", costs half as much again; or LG001, where an
-- epoch before has it), LG002 an account moved on, LG003 the writer's fence moved on, LG004 the counters are behind under another name, or
-- no more under this one, LG005 the process has filters that are not of this log, LG006 the name holds, but another writer committed
-- since. Unless p_raise, the answer says so (1 to 6) and nothing is left in the server's log.
create or replace function commit_batch(
    p_raise boolean, p_writer bigint, p_fence bigint, p_way smallint,
    p_key uuid[], p_key_row bigint[],
    p_filtered integer, -- epochs before this one were looked at in their filters:
    p_asked_epochs integer[], p_asked uuid[], -- those that their filters did not deny
    p_accounts bigint[], -- in place, eleven each: number, version and activity before; then as they are now. Behind, eight each: as they are now
    p_changed bigint[], -- behind: the numbers of those accounts
    p_swept bigint[], p_swept_to bigint, -- behind: accounts to write, nine each, and up to where the tail is done with then
    p_committed_to bigint, -- behind: up to which position of the log this writer knows all that was changed
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
        if p_way <> 3 then
            perform 1 from writer where number = p_writer and fence = p_fence for share;
            if not found then
                raise exception using errcode = 'LG003', message = 'The writer''s fence moved on.';
            end if;
        end if;

        if p_way <> 3 then
            -- Asked before it is locked: whoever takes the counters away has the head, and waits for accounts.
            perform 1 from log_head where behind is not null;
            if found then
                raise exception using errcode = 'LG004', message = 'The counters are kept behind.';
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
            where behind is not distinct from case p_way when 3 then p_writer end and (p_way <> 3 or last_position = p_committed_to) for share;
        else
            update log_head set last_position = last_position + v_count, hash = sha256(hash || p_leaves), behind = case p_way when 1 then null when 4 then -(last_position + v_count) else p_writer end
            where behind is not distinct from case p_way when 3 then p_writer end and (p_way <> 3 or last_position = p_committed_to)
            returning last_position - v_count, hash into v_before, v_hash;
        end if;
        if v_before is null then
            if p_way = 3 and exists (select 1 from log_head where behind = p_writer and behind < 0) then
                raise exception using errcode = 'LG006', message = 'Another writer committed since.';
            end if;
            raise exception using errcode = 'LG004', message = 'The counters are kept behind under another name, or not any more.';
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

        if p_way <> 3 and cardinality(p_tally) > 0 then
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
        when sqlstate 'LG001' or sqlstate 'LG002' or sqlstate 'LG003' or sqlstate 'LG004' or sqlstate 'LG005' or sqlstate 'LG006' then
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
