-- Accounts that several processes drive at once: who has one, and until when the others leave it alone. Only for fairness, since
-- versions are what fences; so it costs no log of the server's, and may be empty after its crash.
create unlogged table tenure (
    account bigint primary key,
    writer  bigint not null,
    until   timestamptz not null
) with (fillfactor = 50);
