using Grains.Fraud;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Microsoft.Extensions.Logging;
using Silo.Embedded;

namespace Gateway.Tests.Fraud;

/// <summary>A ledger of its own with many judged payments, made by the product's grains: places, devices, amounts and currencies mixed, over days.</summary>
internal sealed class RecordedPayments : IAsyncDisposable
{
    /// <summary>What one step of time has.</summary>
    private const int Step = 1_000;

    private const int Payers = 201;
    private const long Funds = 1_000_000_000_000_000;

    private static readonly TimeSpan StepTime = TimeSpan.FromMinutes(40);

    // Some near each other, some a drive, a flight, or an impossible flight of one step away.
    private static readonly Place[] Places =
    [
        new(40.7128m, -74.0060m, "New York"), new(40.7357m, -74.1724m, "Newark"), new(42.3601m, -71.0589m, "Boston"), new(39.9526m, -75.1652m, null), new(51.5074m, -0.1278m, "London"),
    ];

    private readonly Random random = new(11);
    private readonly CreditorFacts[] accounts = new CreditorFacts[Payers];
    private UInt128 lastKey;

    private RecordedPayments(string directory)
    {
        Directory = directory;
        Edition = EmbeddedEdition.Open(
            TestLedger.Open(directory), directory, new Ledger.LedgerOptions(), new EmbeddedGrainsOptions(), LoggerFactory.Create(static _ => { }), TimeProvider.System, risk: new RiskOptions { HoldFor = TimeSpan.FromDays(30) });
    }

    public string Directory { get; }

    public EmbeddedEdition Edition { get; }

    public static async Task<RecordedPayments> Make(int payments)
    {
        var made = new RecordedPayments(System.IO.Directory.CreateTempSubdirectory("backtest-tests-").FullName);
        var tenant = made.Edition.Registry.AddTenant("bank");
        await Task.WhenAll(Enumerable.Range(0, Payers).Select(index => made.Open(index, tenant)));
        for (var done = 0; done < payments; done += Step)
        {
            await Task.WhenAll(made.Instructions(tenant, done / Step, Math.Min(Step, payments - done)).Select(instruction => Task.Run(() => made.Pay(instruction))));
            made.Edition.Clock.Advance(StepTime);
        }

        return made;
    }

    public async ValueTask DisposeAsync()
    {
        await Edition.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private async Task Open(int index, long tenant)
    {
        var (id, currency) = (AccountId.Parse($"payer_{index}"), Currency.Parse(index % 3 == 0 ? "JPY" : "USD"));
        var grain = Edition.Grains.Get<IAccountGrain>(id.Value);
        Assert.Equal(AccountOutcome.Recorded, (await grain.Open(new OpenAccount(Origin(tenant), tenant, currency, Floor: 0, AccountLimits.None, Name: null))).Outcome);
        Assert.Equal(AccountOutcome.Recorded, (await grain.Fund(new FundAccount(Origin(tenant), Funds))).Outcome);
        var account = await Edition.Shards.Directory.Find(id);
        accounts[index] = new CreditorFacts(id, account!.Number, currency, Closed: false);
    }

    private PaymentInstruction[] Instructions(long tenant, int step, int count)
    {
        var instructions = new PaymentInstruction[count];
        for (var i = 0; i < count; i++)
        {
            var payer = random.Next(Payers);
            // Of the same currency, and never the payer.
            var creditor = (payer + (3 * random.Next(1, Payers / 3))) % Payers;
            var key = NextKey();
            instructions[i] = new PaymentInstruction
            {
                Tenant = tenant,
                Debtor = accounts[payer].Id,
                Creditor = accounts[creditor],
                Amount = new Money(random.Next(8) switch { 0 => random.Next(1, 40) * 10_000L, 1 => random.Next(800_000, 1_000_000), _ => random.Next(100, 20_000) }, accounts[payer].Currency),
                Key = new IdempotencyKey(key),
                RequestHash = key,
                // One city a payer and step: who is elsewhere in the next one travelled.
                Personal = new PersonalFields
                {
                    RemittanceInfo = "Invoice",
                    Location = random.Next(5) < 3 ? Places[(payer * 7919 + (step / 2 * 104_729)) % 17 % Places.Length] : null,
                    DeviceId = random.Next(2) == 0 ? $"device {payer} {random.Next(10) / 9}" : null,
                },
            };
        }

        return instructions;
    }

    private async Task Pay(PaymentInstruction instruction)
    {
        var answer = await Edition.Grains.Get<IAccountGrain>(instruction.Debtor.Value).Submit(instruction);
        Assert.Equal(SubmitOutcome.Recorded, answer.Outcome);
        Assert.Contains(answer.Payment!.Status, new[] { PaymentStatus.Settled, PaymentStatus.Held, PaymentStatus.Pending });
    }

    private CommandOrigin Origin(long tenant)
    {
        var key = NextKey();
        return new CommandOrigin(tenant, new IdempotencyKey(key), key);
    }

    // Many threads at once; scattered, as keys are.
    private UInt128 NextKey()
    {
        lock (random)
            return unchecked(++lastKey * new UInt128(0x9E3779B97F4A7C15, 0xF39CC0605CEDC835));
    }
}
