-- Changes no table. A release of before cannot read what is recorded with judged payments from now on, and refuses the ledger instead of
-- failing account by account.
SELECT 1;
