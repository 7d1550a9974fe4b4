-- Times are milliseconds since 1970. Amounts are minor units. Ids and account numbers are leased; a position is commit order.

create table lease (
    name text primary key,
    next bigint not null
);

create table setting (
    name  text primary key,
    value text not null
);

create table tenant (
    number bigint generated always as identity primary key,
    name   text not null constraint tenant_name unique
);

create table api_key (
    hash       bytea primary key,
    label      text not null constraint api_key_label unique,
    tenant     bigint not null,
    role       smallint not null,
    created_at bigint not null,
    revoked_at bigint
);

-- One row a process that writes. A commit carries its writer's fence; whoever does not know the outcome of a commit advances
-- it, so that the commit is either visible then or never happens.
create table writer (
    number    bigint generated always as identity primary key,
    fence     bigint not null,
    opened_at timestamptz not null default now()
);

create table account (
    number      bigint primary key,
    id          text collate "C" not null constraint account_id unique,
    tenant      bigint not null,
    currency    smallint not null,
    status      smallint not null,
    floor       bigint,           -- null: no rule
    limits      text,             -- JSON; null: none
    data_key    bytea,            -- wrapped by the master key
    sealed_name bytea,
    opened_at   bigint not null
);

-- The few that a person may have to look after.
create index account_frozen on account (tenant, number) where status = 2;

-- What a payment changes of an account, apart from what never changes. No other column is indexed, so that an update stays on its
-- page and touches no index. Version and activity together name a state: every row of the log that touches an account advances
-- its activity. Half of each page is kept free by "room", which an account's first change gives back: with a low fill factor
-- instead, the server would clean up the page at every visit, and log that.
create table counters (
    account         bigint primary key,
    debits_posted   bigint not null,
    credits_posted  bigint not null,
    debits_pending  bigint not null,
    credits_pending bigint not null,
    version         bigint not null,
    event_version   bigint not null,
    last_row        bigint not null,
    activity        bigint not null,
    room            bytea default decode(repeat('00', 104), 'hex')
) with (fillfactor = 90);

alter table counters alter room set storage plain;

-- The event log, and the journal: one wide row an event, with both legs of its transfer. An account's rows are a chain
-- (debtor_previous, creditor_previous) that starts at counters.last_row. The widest columns of one size stand first: no padding.
create table log (
    id                bigint primary key,
    position          bigint not null,
    time              bigint not null,
    tenant            bigint not null,
    payment           bigint,           -- null: its own id
    debtor            bigint not null,
    creditor          bigint not null,
    amount            bigint not null,
    debtor_balance    bigint not null,
    creditor_balance  bigint not null,
    debtor_previous   bigint not null,
    creditor_previous bigint not null,
    expires_at        bigint,           -- null: never
    version           integer not null,
    type              smallint not null,
    kind              smallint not null,
    currency          smallint not null,
    reason            smallint not null,
    key               uuid,
    request_hash      uuid,
    data              bytea,
    sealed            bytea,
    sealed_creditor   bytea,
    leaf              bytea not null,
    checks            bytea not null
);

-- Only rows after a payment's first one: none for a payment that settles at once.
create index log_follow_up on log (payment, id) where payment is not null;

-- Payments whose outcome was unknown (type 7): few, and counted without reading the log.
create index log_unresolved on log (id) where type = 7;

-- The end of the log. A commit locks it last, so that no position is visible before a lower one.
create table log_head (
    only_row      boolean primary key default true check (only_row),
    last_position bigint not null,
    hash          bytea not null
) with (fillfactor = 50);

insert into log_head (last_position, hash) values (0, decode(repeat('00', 32), 'hex'));

-- A commit's place in the log; the hash goes over the hash before it and the leaf hashes of its rows. The ids of its rows lie
-- in these ranges, in which there may be others.
create table batch (
    first_position bigint primary key,
    last_position  bigint not null,
    first_ids      bigint[] not null,
    last_ids       bigint[] not null,
    hash           bytea not null
);

-- Settled and rejected payments by the second of their event, for each tenant that sees them; tenant 0 is everyone.
create table tally_second (
    tenant   bigint not null,
    second   bigint not null,   -- since 1970
    settled  bigint not null,
    rejected bigint not null,
    primary key (tenant, second)
) with (fillfactor = 50);

create table tally_total (
    tenant   bigint primary key,
    settled  bigint not null,
    rejected bigint not null
) with (fillfactor = 50);

-- Idempotency keys, kept for 30 days of the product's time.
create table key (
    key uuid primary key,
    row bigint not null
);

-- Every 64th row of an account, so that a moment in a long chain is found without walking it.
create table waypoint (
    account bigint not null,
    time    bigint not null,
    row     bigint not null,
    primary key (account, time, row)
);

-- References that callers gave (end-to-end id, UETR), hashed.
create table reference (
    hash bigint not null,
    row  bigint not null,
    primary key (hash, row)
);

create table hold (
    id         bigint primary key,
    debtor     bigint not null,
    creditor   bigint not null,
    currency   smallint not null,
    authorized bigint not null,
    posted     bigint not null,
    voided     bigint not null,
    expires_at bigint not null,
    final      boolean not null
);

create table returned (
    payment bigint primary key,
    amount  bigint not null
);

-- Where the newest state of each document is: the log row whose sealed part holds it.
create table document (
    number bigint primary key,
    owner  bigint not null,
    kind   smallint not null,
    row    bigint not null
);

-- Kinds from 64 on are never listed.
create index document_list on document (owner, kind, number) where kind < 64;

create table document_link (
    owner  bigint not null,
    kind   smallint not null,
    link   text not null,
    number bigint not null,
    primary key (owner, kind, link, number)
);

create table due (
    at    bigint not null,
    grain text collate "C" not null,
    kind  text collate "C" not null,
    id    bigint not null,
    primary key (at, grain, kind, id)
);

-- Writes a decided batch in one call, or nothing of it. Keys come in order, accounts by number, rows by id: so two writers take
-- locks in one order. An account is written only if it still is in the state that the batch was decided on; it may be among
-- them unchanged, because a refusal rests on it. Arrays are unnested side by side in the select list: in the from clause each
-- would be laid down in a store of its own first, at several times the cost; an empty one stands for nulls. Where many columns
-- lie in one array (accounts, tally, waypoints, references), each of its rows is so many numbers in the order of the table.
-- Failures: a key is taken (its index says so: asking it first, by "on conflict", costs half as much again), LG002 an account moved
-- on, LG003 the writer's fence moved on. Unless p_raise, the answer says so (1, 2, 3) and nothing is left in the server's log.
create function commit_batch(
    p_raise boolean, p_writer bigint, p_fence bigint,
    p_key uuid[], p_key_row bigint[],
    p_accounts bigint[], -- eleven each: number, version and activity before; then as they are now
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

        update counters c
        set debits_posted = p_accounts[a.i + 4], credits_posted = p_accounts[a.i + 5], debits_pending = p_accounts[a.i + 6], credits_pending = p_accounts[a.i + 7],
            version = p_accounts[a.i + 8], event_version = p_accounts[a.i + 9], last_row = p_accounts[a.i + 10], activity = p_accounts[a.i + 11], room = null
        from generate_series(0, cardinality(p_accounts) - 11, 11) as a(i)
        where c.account = p_accounts[a.i + 1] and c.version = p_accounts[a.i + 2] and c.activity = p_accounts[a.i + 3];
        get diagnostics v_rows = row_count;
        if v_rows * 11 <> cardinality(p_accounts) then
            raise exception using errcode = 'LG002', message = 'An account moved on.';
        end if;

        if v_count = 0 then
            return query select 0::smallint, h.last_position from log_head h;
            return;
        end if;

        if cardinality(p_waypoints) > 0 then
            insert into waypoint (account, time, row) select p_waypoints[w.i + 1], p_waypoints[w.i + 2], p_waypoints[w.i + 3] from generate_series(0, cardinality(p_waypoints) - 3, 3) as w(i) on conflict do nothing;
        end if;
        if cardinality(p_references) > 0 then
            insert into reference (hash, row) select p_references[r.i + 1], p_references[r.i + 2] from generate_series(0, cardinality(p_references) - 2, 2) as r(i) on conflict do nothing;
        end if;

        update log_head set last_position = last_position + v_count, hash = sha256(hash || p_leaves)
        returning last_position - v_count, hash into v_before, v_hash;

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
        when sqlstate 'LG002' or sqlstate 'LG003' then
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
