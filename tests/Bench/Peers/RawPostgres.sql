-- begin
begin
-- keys
insert into key (epoch, key, row) select 0, unnest($1), unnest($2)
-- accounts
update counters c
set debits_posted = u.debits_posted, credits_posted = u.credits_posted, version = u.version, last_row = u.last_row, activity = u.activity, room = null
from (select unnest($1) as account, unnest($2) as debits_posted, unnest($3) as credits_posted, unnest($4) as version, unnest($5) as last_row, unnest($6) as activity) u
where c.account = u.account
-- log
insert into log (id, position, time, tenant, debtor, creditor, amount, debtor_balance, creditor_balance, debtor_previous, creditor_previous,
    version, type, kind, currency, reason, key, request_hash, sealed, leaf, checks)
select unnest($1), unnest($1) - $13, unnest($2), 1, unnest($3), unnest($4), unnest($5), unnest($6), unnest($7), unnest($8), unnest($9),
    1, 1, 1, 840, 0, unnest($10), unnest($11), unnest($12), unnest($14), unnest($15)
-- head
update log_head set last_position = last_position + $1
-- batch
insert into batch (first_position, last_position, first_ids, last_ids, hash) values ($1, $2, array[$3::bigint], array[$4::bigint], $5)
-- commit
commit
