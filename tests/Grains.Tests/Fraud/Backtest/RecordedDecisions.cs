using Grains.Fraud;
using Grains.Fraud.Entities;
using Grains.Fraud.Backtest;
using Grains.Fraud.Features;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger.Sealing;

namespace Grains.Tests.Fraud.Backtest;

/// <summary>Payments of many payers as the desk decides them, with what is recorded of each: places, devices, amounts and currencies mixed, the same for the same seed.</summary>
internal sealed class RecordedDecisions(RiskDesk desk, int seed)
{
    private const int Payers = 400;
    private const long Start = 1_795_269_780_000;

    private static readonly Place[] Places =
    [
        new(40.7128m, -74.0060m, "New York"), new(40.7357m, -74.1724m, "Newark"), new(42.3601m, -71.0589m, "Boston"), new(39.9526m, -75.1652m, null), new(51.5074m, -0.1278m, "London"),
    ];

    private readonly Random random = new(seed);
    private readonly PayerHistory[] histories = [.. Enumerable.Range(0, Payers).Select(static _ => new PayerHistory())];

    public static RiskDesk Desk(RuleSet rules, IRiskModel? model = null) => new(new RiskOptions(), new MasterKey(new byte[32]), rules) { Model = model };

    public IEnumerable<(JudgedPayment Payment, RiskDecision Decision, byte[] Bytes)> Take(int count)
    {
        var nowMs = Start;
        for (var id = 1; id <= count; id++)
        {
            nowMs += random.Next(4) == 0 ? random.Next(60_000) : random.Next(400);
            var payer = random.Next(Payers);
            var instruction = Instruction(payer, id);
            var around = Around();
            var decision = desk.Decide(new FeatureVector(), histories[payer], null, around, instruction, desk.Attempt(instruction, around), nowMs);
            if (decision.Outcome == RiskOutcome.Decline || random.Next(50) == 0)
                histories[payer].Reject(id, nowMs);
            else
                histories[payer].Accept(desk.Item(id, nowMs, instruction.Amount.MinorUnits, instruction.Creditor.Number, instruction.Personal));
            var payment = new JudgedPayment(new PaymentId(Bucket.Of(instruction.Debtor), id), instruction.Debtor, instruction.Amount, Label());
            yield return (payment, decision, RiskDecisionCodec.Encode(decision));
        }
    }

    private PaymentInstruction Instruction(int payer, int id)
    {
        var currency = Currency.Parse(payer % 3 == 0 ? "JPY" : "USD");
        var creditor = random.Next(Payers);
        var amount = random.Next(10) switch { 0 => random.Next(1, 40) * 10_000L, 1 => random.Next(800_000, 1_000_000), 2 => random.NextInt64(1, 1_000_000_000), _ => random.Next(100, 20_000) };
        return new PaymentInstruction
        {
            Tenant = 1,
            Debtor = AccountId.Parse($"payer_{payer}"),
            Creditor = new CreditorFacts(AccountId.Parse($"payer_{creditor}"), 100_000 + creditor, currency, Closed: false),
            Amount = new Money(amount, currency),
            Key = new IdempotencyKey((UInt128)id),
            RequestHash = (UInt128)id,
            Personal = new PersonalFields
            {
                Location = random.Next(5) < 3 ? Places[random.Next(40) == 0 ? random.Next(Places.Length) : payer % 2] : null,
                DeviceId = random.Next(2) == 0 ? $"device {payer} {random.Next(10) / 9}" : null,
            },
        };
    }

    // Some did not answer in time.
    private Surroundings Around() => random.Next(4) switch
    {
        0 => Surroundings.None,
        1 => new Surroundings(random.Next(1, 20), null, [Feature.DevicePayers24Hours]),
        _ => new Surroundings(random.Next(1, 20), random.Next(1, 5), []),
    };

    private CaseLabel? Label() => random.Next(20) switch { 0 => CaseLabel.ConfirmedFraud, 1 => CaseLabel.FalsePositive, 2 => CaseLabel.ValuableAlert, _ => null };
}
