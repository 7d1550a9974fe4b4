-- begin
begin
-- keys
insert into key (key, row) select * from unnest($1, $2)
-- accounts
update counters c
set debits_posted = u.debits_posted, credits_posted = u.credits_posted, version = u.version, last_row = u.last_row, activity = u.activity
from unnest($1, $2, $3, $4, $5, $6) as u(account, debits_posted, credits_posted, version, last_row, activity)
where c.account = u.account
-- log
insert into log (id, position, time, tenant, debtor, creditor, amount, debtor_balance, creditor_balance, debtor_previous, creditor_previous,
    version, type, kind, currency, reason, key, request_hash, sealed, leaf, checks)
select id, id - $13, time, 1, debtor, creditor, amount, debtor_balance, creditor_balance, debtor_previous, creditor_previous, 1, 1, 1, 840, 0, key, request_hash, sealed, leaf, checks
from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $14, $15)
    as r(id, time, debtor, creditor, amount, debtor_balance, creditor_balance, debtor_previous, creditor_previous, key, request_hash, sealed, leaf, checks)
-- head
update log_head set last_position = last_position + $1
-- batch
insert into batch (first_position, last_position, first_ids, last_ids, hash) values ($1, $2, array[$3::bigint], array[$4::bigint], $5)
-- commit
commit
