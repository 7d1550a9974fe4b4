using Grains.Interfaces.Values;

namespace Ledger.Sqlite;

/// <summary>The sums of all accounts at one moment: the table's, corrected by what the tail of counters has newer.</summary>
internal static class TrialBalance
{
    public static IReadOnlyList<TrialBalanceLine> Read(SqliteDatabase database)
    {
        database.Statement("BEGIN").Run();
        try
        {
            var lines = Table(database).ToDictionary(static line => line.Currency);
            foreach (var (account, now) in CountersTail.Read(database))
                Correct(lines, database, account, now);
            return [.. lines.Values.OrderBy(static line => line.Currency.Number)];
        }
        finally
        {
            database.RollBack();
        }
    }

    private static List<TrialBalanceLine> Table(SqliteDatabase database)
    {
        // 64-bit halves: a sum over all accounts may pass 64 bits, and SQLite's sum() would fail.
        var select = database.Statement(
            "SELECT a.currency, count(*), sum(c.debits_posted >> 32), sum(c.debits_posted & 4294967295), sum(c.credits_posted >> 32), sum(c.credits_posted & 4294967295), " +
            "sum(c.debits_pending >> 32), sum(c.debits_pending & 4294967295), sum(c.credits_pending >> 32), sum(c.credits_pending & 4294967295) " +
            $"{AccountTable.From} GROUP BY a.currency");
        var lines = new List<TrialBalanceLine>();
        while (select.Step())
            lines.Add(new TrialBalanceLine(Currency.FromNumber((short)select.Int64(0)), select.Int64(1), Sum(2), Sum(4), Sum(6), Sum(8)));
        return lines;

        Int128 Sum(int column) => ((Int128)select.Int64(column) << 32) + select.Int64(column + 1);
    }

    private static void Correct(Dictionary<Currency, TrialBalanceLine> lines, SqliteDatabase database, long account, in CounterState now)
    {
        var select = database.Statement($"SELECT a.currency, c.debits_posted, c.credits_posted, c.debits_pending, c.credits_pending {AccountTable.From} WHERE a.number = ?").Bind(1, account);
        if (!select.Step())
            throw new LedgerDamagedException($"The tail of counters names account {account}, which does not exist.") { Field = "changes" };
        var line = lines[Currency.FromNumber((short)select.Int64(0))];
        lines[line.Currency] = line with
        {
            DebitsPosted = line.DebitsPosted + now.DebitsPosted - select.Int64(1),
            CreditsPosted = line.CreditsPosted + now.CreditsPosted - select.Int64(2),
            DebitsPending = line.DebitsPending + now.DebitsPending - select.Int64(3),
            CreditsPending = line.CreditsPending + now.CreditsPending - select.Int64(4),
        };
        select.Reset();
    }
}
