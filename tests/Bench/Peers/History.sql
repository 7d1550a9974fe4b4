-- prepare
alter table key drop constraint key_pkey
-- slice
with place as (select next as first_id, last_position from lease, log_head where name = 'id'),
bounds as (select min(number) as first_account from account where id like 'bench\_%'),
made as (
    insert into log (id, position, time, tenant, debtor, creditor, amount, debtor_balance, creditor_balance, debtor_previous, creditor_previous,
        version, type, kind, currency, reason, key, request_hash, sealed, leaf, checks)
    select place.first_id + n, place.last_position + n, (extract(epoch from now()) * 1000)::bigint - 2592000000 + 2592000000 * n / {all}, 1,
        first_account + (random() * 20000)::bigint, first_account + (random() * 20000)::bigint, 100, 1000000000000, 1000000000000, 0, 0,
        1, 1, 1, 840, 0, gen_random_uuid(), gen_random_uuid(), decode(repeat('5a', 60), 'hex'), sha256(int8send(n)), decode(repeat('a5', 18), 'hex')
    from place, bounds, generate_series({from}::bigint, {to}::bigint) n
    returning position, key, id)
insert into key (epoch, key, row) select (position - 1) / key_epoch_rows(), key, id from made
-- finish
insert into batch (first_position, last_position, first_ids, last_ids, hash)
select last_position + n, least(last_position + {all}, last_position + n + 999), array[next + n], array[least(next + {all}, next + n + 999)], hash
from log_head, lease, generate_series(1::bigint, {all}::bigint, 1000) n where lease.name = 'id';
update lease set next = next + {all} + 1 where name = 'id';
update log_head set last_position = last_position + {all};
alter table key add constraint key_pkey primary key (epoch, key);
vacuum analyze log;
vacuum analyze key;
checkpoint
