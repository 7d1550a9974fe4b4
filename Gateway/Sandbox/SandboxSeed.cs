using Gateway.Keys;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Shards;

namespace Gateway.Sandbox;

/// <summary>
/// The sandbox's tenants, keys and accounts. Everything goes through the grains under keys that never change, so that a start that
/// was cut short goes on where it was, and nothing is funded twice.
/// </summary>
public sealed class SandboxSeed(IGrains grains, IRegistry registry, LedgerShards shards, ProductClock clock)
{
    public const string BankKey = "sk_sandbox_bank";
    public const string SecondBankKey = "sk_sandbox_bank2";
    public const string AnalystKey = "sk_sandbox_analyst";
    public const string AdministratorKey = "sk_sandbox_admin";
    public const string MerchantKey = "sk_test_sandbox_merchant";
    public const string MerchantPublishableKey = "pk_test_sandbox_merchant";
    public const string SecondMerchantKey = "sk_test_sandbox_merchant2";

    public const int NumberedAccounts = 1_000;

    private const string Setting = "sandbox seed";
    private const string Version = "1";
    private const int MaxInFlight = 256;

    private static readonly (string Key, string Tenant, ApiKeyRole Role)[] Keys =
    [
        (BankKey, "sandbox_bank", ApiKeyRole.Bank),
        (SecondBankKey, "sandbox_bank2", ApiKeyRole.Bank),
        (MerchantKey, "merchant_sandbox", ApiKeyRole.Merchant),
        (MerchantPublishableKey, "merchant_sandbox", ApiKeyRole.MerchantPublishable),
        (SecondMerchantKey, "merchant_sandbox2", ApiKeyRole.Merchant),
        (AnalystKey, "sandbox_operations", ApiKeyRole.Analyst),
        ("sk_sandbox_analyst2", "sandbox_operations", ApiKeyRole.Analyst),
        (AdministratorKey, "sandbox_operations", ApiKeyRole.Administrator),
    ];

    /// <summary>Whether a registered key is one of the sandbox's: everybody knows them.</summary>
    public static bool IsPublic(ApiKey key) => Keys.Any(known => known.Key == key.Label);

    /// <summary>Who acts with the key: its label; of one of the sandbox's, which is labelled with itself, what it is called there.</summary>
    public static string NameOf(ApiKey key) => IsPublic(key) ? key.Label[(key.Label.IndexOf("sandbox_", StringComparison.Ordinal) + "sandbox_".Length)..] : key.Label;

    /// <summary>Makes what is missing.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        if (registry.ReadSetting(Setting) == Version)
            return;
        foreach (var (key, tenant, role) in Keys)
            registry.AddKey(new ApiKey(key, registry.AddTenant(tenant), tenant, role, clock.GetUtcNow().ToUnixTimeMilliseconds(), null), ApiKeys.Hash(key));
        // Each account takes one place in the ledger's queue at a time: half of it leaves room for whoever calls meanwhile.
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Math.Clamp(shards.Writers[0].QueueLimit / 2, 1, MaxInFlight), CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Accounts(), parallel, async (account, end) => await Open(account, end));
        registry.WriteSetting(Setting, Version);
    }

    private IEnumerable<SeedAccount> Accounts()
    {
        var bank = registry.AddTenant("sandbox_bank");
        yield return new SeedAccount("123456789", bank, 1_000_000_00);
        yield return new SeedAccount("987654321", bank, 0);
        yield return new SeedAccount("555000111", registry.AddTenant("sandbox_bank2"), 10_000_00);
        for (var i = 1; i <= NumberedAccounts; i++)
            yield return new SeedAccount($"sandbox_{i:0000}", bank, 10_000_00);
    }

    private async Task Open(SeedAccount account, CancellationToken end)
    {
        var grain = grains.Get<IAccountGrain>(account.Id);
        var open = new OpenAccount(Origin(account, "open"), account.Tenant, Currency.Usd, 0, AccountLimits.None, null);
        await UntilRecorded(() => grain.Open(open), account, end);
        if (account.Cents > 0)
            await UntilRecorded(() => grain.Fund(new FundAccount(Origin(account, "fund"), account.Cents)), account, end);
    }

    private async Task UntilRecorded(Func<Task<AccountAnswer>> call, SeedAccount account, CancellationToken end)
    {
        while (true)
        {
            var answer = await call();
            if (answer.Outcome is AccountOutcome.Recorded)
                return;
            if (answer.Outcome is not (AccountOutcome.Overloaded or AccountOutcome.KeyInUse))
                throw new InvalidOperationException($"The sandbox account {account.Id} could not be made: {answer.Outcome}.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), clock, end);
        }
    }

    private static CommandOrigin Origin(SeedAccount account, string step) =>
        new(account.Tenant, IdempotencyKey.Of(account.Tenant, "sandbox seed", $"{step}:{account.Id}"), (UInt128)(ulong)account.Cents);

    private sealed record SeedAccount(string Id, long Tenant, long Cents);
}
