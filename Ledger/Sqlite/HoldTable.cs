using Grains.Interfaces.Values;

namespace Ledger.Sqlite;

/// <summary>Pending transfers, and how much of each payment was returned.</summary>
internal sealed class HoldTable(SqliteDatabase database) : IPendingTransfers
{
    public PendingTransfer? Find(long id) => Find(database, id);

    public static PendingTransfer? Find(SqliteDatabase database, long id)
    {
        var select = database.Statement("SELECT id, debtor, creditor, currency, authorized, posted, voided, expires_at, final FROM hold WHERE id = ?").Bind(1, id);
        if (!select.Step())
            return null;
        var hold = new PendingTransfer(
            select.Int64(0), select.Int64(1), select.Int64(2), Currency.FromNumber((short)select.Int64(3)),
            select.Int64(4), select.Int64(5), select.Int64(6), select.Int64(7), select.Int64(8) != 0);
        select.Reset();
        return hold;
    }

    public void Write(PendingTransfer hold) =>
        database.Statement("INSERT OR REPLACE INTO hold (id, debtor, creditor, currency, authorized, posted, voided, expires_at, final) VALUES (?,?,?,?,?,?,?,?,?)")
            .Bind(1, hold.Id).Bind(2, hold.Debtor).Bind(3, hold.Creditor).Bind(4, hold.Currency.Number).Bind(5, hold.Authorized)
            .Bind(6, hold.Posted).Bind(7, hold.Voided).Bind(8, hold.ExpiresAtMs).Bind(9, hold.Final ? 1L : 0L).Run();

    /// <summary>Notes that an amount of a payment went back; refuses more than was paid.</summary>
    public Refusal Return(long payment, long amount)
    {
        if (payment == 0)
            return Refusal.None;
        var select = database.Statement("SELECT CASE kind WHEN 1 THEN amount ELSE (SELECT posted FROM hold WHERE hold.id = log.id) END FROM log WHERE id = ? AND kind IN (1, 2)").Bind(1, payment);
        if (!select.Step())
            return Refusal.ReturnExceedsPayment;
        var paid = select.Int64(0);
        select.Reset();
        if (amount > paid - Returned(database, payment))
            return Refusal.ReturnExceedsPayment;
        database.Statement("INSERT INTO returned (payment, amount) VALUES (?1, ?2) ON CONFLICT (payment) DO UPDATE SET amount = amount + ?2")
            .Bind(1, payment).Bind(2, amount).Run();
        return Refusal.None;
    }

    public static long Returned(SqliteDatabase database, long payment)
    {
        var select = database.Statement("SELECT amount FROM returned WHERE payment = ?").Bind(1, payment);
        if (!select.Step())
            return 0;
        var amount = select.Int64(0);
        select.Reset();
        return amount;
    }
}
