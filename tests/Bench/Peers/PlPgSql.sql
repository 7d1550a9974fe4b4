-- schema
CREATE FUNCTION pay(p_key uuid, p_debtor integer, p_creditor integer, p_amount bigint, p_remittance_info text, p_device_id text)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_payment bigint;
    v_balance bigint;
BEGIN
    INSERT INTO payment (idempotency_key, debtor, creditor, amount, remittance_info, device_id)
    VALUES (p_key, p_debtor, p_creditor, p_amount, p_remittance_info, p_device_id)
    ON CONFLICT (idempotency_key) DO NOTHING
    RETURNING id INTO v_payment;
    IF v_payment IS NULL THEN
        RETURN 0;
    END IF;
    -- Locks in the order of ids, so that no two calls wait for each other.
    IF p_creditor < p_debtor THEN
        UPDATE account SET balance = balance + p_amount WHERE id = p_creditor;
        UPDATE account SET balance = balance - p_amount WHERE id = p_debtor RETURNING balance INTO v_balance;
    ELSE
        UPDATE account SET balance = balance - p_amount WHERE id = p_debtor RETURNING balance INTO v_balance;
        UPDATE account SET balance = balance + p_amount WHERE id = p_creditor;
    END IF;
    IF v_balance < 0 THEN
        RAISE EXCEPTION 'insufficient funds';
    END IF;
    RETURN v_payment;
END
$$;
-- pay
SELECT pay($1, $2, $3, $4, $5, $6)
