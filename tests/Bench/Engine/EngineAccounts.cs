using System.Security.Cryptography;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Silo.Embedded;

namespace Bench.Engine;

/// <summary>The 10,000 accounts of every measured ledger: a per-payment limit, a day window, and more money than a run moves.</summary>
internal static class EngineAccounts
{
    public const long Tenant = 1;
    public const long Amount = 100;

    private const int ReadersAtOnce = 16;

    /// <summary>Minor units of each account at the start.</summary>
    private const long Funds = 1_000_000_000_000;

    private static readonly AccountLimits Limits = new()
    {
        PerPayment = 1_000_000,
        PerDay = new WindowLimit(Count: 1_000_000_000, Amount: Funds),
    };

    /// <summary>Account 0 to 9,999, as wide as every other so that requests can be filled in place.</summary>
    public static AccountId Id(int index) => AccountId.Parse($"bench_{index:0000}");

    /// <summary>One more, that is closed.</summary>
    public static AccountId Closed { get; } = AccountId.Parse("bench_shut");

    /// <summary>Opens and funds the accounts, through their grains.</summary>
    public static async Task Open(EmbeddedEdition edition)
    {
        await Parallel.ForAsync(0, BenchScale.Accounts, new ParallelOptions { MaxDegreeOfParallelism = BenchScale.EngineInFlight, TaskScheduler = TaskScheduler.Default }, async (index, _) =>
        {
            var grain = edition.Grains.Get<IAccountGrain>(Id(index).Value);
            var opened = await grain.Open(new OpenAccount(Origin(), Tenant, Currency.Usd, Floor: 0, Limits, Name: null));
            var funded = await grain.Fund(new FundAccount(Origin(), Funds));
            if (opened.Outcome != AccountOutcome.Recorded || funded.Outcome != AccountOutcome.Recorded)
                throw new InvalidOperationException($"Account {index}: {opened.Outcome}, {funded.Outcome}.");
        });
        var shut = edition.Grains.Get<IAccountGrain>(Closed.Value);
        await shut.Open(new OpenAccount(Origin(), Tenant, Currency.Usd, Floor: 0, AccountLimits.None, Name: null));
        if ((await shut.ChangeStatus(new ChangeStatus(Origin(), StatusChange.Close, Reason: null))).Outcome != AccountOutcome.Recorded)
            throw new InvalidOperationException($"{Closed} is not closed.");
    }

    /// <summary>What a payment needs to know of each creditor.</summary>
    public static async Task<CreditorFacts[]> Facts(EmbeddedEdition edition)
    {
        var facts = new CreditorFacts[BenchScale.Accounts];
        await Parallel.ForAsync(0, facts.Length, new ParallelOptions { MaxDegreeOfParallelism = ReadersAtOnce }, async (index, _) => facts[index] = await FactsOf(edition, Id(index)));
        return facts;
    }

    public static async Task<CreditorFacts> FactsOf(EmbeddedEdition edition, AccountId id)
    {
        var account = await edition.Writer.Directory.Find(id) ?? throw new InvalidOperationException($"Account {id} is missing.");
        return new CreditorFacts(account.Id, account.Number, account.Currency, Closed: false);
    }

    public static UInt128 RandomKey() => new(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));

    private static CommandOrigin Origin() => new(Tenant, new IdempotencyKey(RandomKey()), RandomKey());
}
