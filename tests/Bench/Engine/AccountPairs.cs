namespace Bench.Engine;

/// <summary>Who pays whom: account indexes from 0 to 9,999.</summary>
internal static class AccountPairs
{
    public delegate (int Debtor, int Creditor) Choose(Random random);

    public static (int Debtor, int Creditor) Uniform(Random random) => From(random.Next(BenchScale.Accounts), random);

    /// <summary>One debtor, any creditor.</summary>
    public static (int Debtor, int Creditor) From(int debtor, Random random)
    {
        var creditor = random.Next(BenchScale.Accounts - 1);
        return (debtor, creditor < debtor ? creditor : creditor + 1);
    }

    /// <summary>Half of all payments debit account 0.</summary>
    public static (int Debtor, int Creditor) HotDebtor(Random random) =>
        random.Next(2) == 0 ? (0, 1 + random.Next(BenchScale.Accounts - 1)) : Uniform(random);

    /// <summary>Half of all payments credit account 0.</summary>
    public static (int Debtor, int Creditor) HotCreditor(Random random) =>
        random.Next(2) == 0 ? (1 + random.Next(BenchScale.Accounts - 1), 0) : Uniform(random);
}
