-- schema
CREATE TABLE account (
    id       integer PRIMARY KEY,
    currency char(3) NOT NULL,
    balance  bigint  NOT NULL CHECK (balance >= 0)
) WITH (fillfactor = 50);

CREATE TABLE payment (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    idempotency_key uuid        NOT NULL UNIQUE,
    debtor          integer     NOT NULL,
    creditor        integer     NOT NULL,
    amount          bigint      NOT NULL,
    remittance_info text,
    device_id       text,
    created_at      timestamptz NOT NULL DEFAULT now()
);

INSERT INTO account SELECT n, 'USD', 1000000000000 FROM generate_series(0, 9999) n;
-- begin
BEGIN
-- take key
INSERT INTO payment (idempotency_key, debtor, creditor, amount, remittance_info, device_id)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (idempotency_key) DO NOTHING
RETURNING id
-- lock
SELECT id, balance FROM account WHERE id IN ($1, $2) ORDER BY id FOR UPDATE
-- debit
UPDATE account SET balance = balance - $2 WHERE id = $1
-- credit
UPDATE account SET balance = balance + $2 WHERE id = $1
-- commit
COMMIT
-- rollback
ROLLBACK
