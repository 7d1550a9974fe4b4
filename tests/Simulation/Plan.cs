using Grains.Interfaces.Accounts;
using Grains.Interfaces.Fraud;

namespace Simulation;

/// <summary>
/// What one seed does: who asks for what, what goes wrong, and how fast things go relative to each other. A shrunk plan has
/// fewer operations and faults; the order in which steps run still comes from the seed.
/// </summary>
internal sealed record Plan
{
    private static readonly string[] OnOneShard = ["acct_1", "acct_2", "acct_3", "acct_4", "acct_5"];

    // Neighbours lie on different shards.
    private static readonly string[] OnTwoShards = ["acct_1", "acct_3", "acct_2", "acct_4", "acct_5"];

    public required int Seed { get; init; }

    public required IReadOnlyList<Operation> Operations { get; init; }

    public required IReadOnlyList<Fault> Faults { get; init; }

    /// <summary>How often the writer commits, where a turn is 10: the less, the larger the batches.</summary>
    public required int WriterWeight { get; init; }

    /// <summary>The most requests that wait for an answer at a time.</summary>
    public required int MaxWaiting { get; init; }

    /// <summary>Each has a store of its own.</summary>
    public required int Shards { get; init; }

    public required int QueueLimit { get; init; }

    public required int MaxBatch { get; init; }

    public required int MaxActivations { get; init; }

    /// <summary>Whether the run goes on until time has ended all that is held.</summary>
    public required bool HoldsEnd { get; init; }

    public static Plan Of(int seed)
    {
        var random = new Random(seed);
        var shards = seed % 3 == 2 ? 2 : 1;
        var accounts = (shards == 1 ? OnOneShard : OnTwoShards).Take(random.Next(2, 6)).ToArray();
        var operations = new PlannedOperations(random, accounts, shards).Make(random.Next(20, 90));
        return new Plan
        {
            Seed = seed,
            Operations = operations,
            Faults = MakeFaults(random),
            WriterWeight = random.Next(1, 12),
            MaxWaiting = random.Next(1, 24),
            Shards = shards,
            QueueLimit = random.Next(8) == 0 ? 4 : 10_000,
            MaxBatch = random.Next(4) == 0 ? random.Next(1, 5) : 1_000,
            MaxActivations = random.Next(3) == 0 ? 1 : 100,
            HoldsEnd = random.Next(2) == 0,
        };
    }

    private static List<Fault> MakeFaults(Random random)
    {
        var faults = new List<Fault>();
        FaultKind[] kinds =
        [
            FaultKind.CrashBeforeCommit, FaultKind.CrashAfterCommit, FaultKind.LoseCommitted, FaultKind.LoseUncommitted, FaultKind.LoseAndCommitLate,
            FaultKind.Transient, FaultKind.ResolveFails, FaultKind.LeaseFails, FaultKind.Crash, FaultKind.StartOwner, FaultKind.KillOwner, FaultKind.StopOwner,
        ];
        for (var count = random.Next(0, 9); count > 0; count--)
        {
            var kind = kinds[random.Next(kinds.Length)];
            faults.Add(new Fault(kind, kind < FaultKind.Crash ? random.Next(1, 50) : random.Next(1, 600)));
        }

        if (random.Next(3) == 0)
            faults.Add(new Fault(FaultKind.StartOwner, random.Next(1, 200)));
        if (random.Next(4) == 0)
            faults.Add(new Fault(FaultKind.SlowReads, random.Next(1, 200)));
        if (random.Next(4) == 0)
            faults.Add(new Fault(FaultKind.ShardAway, random.Next(1, 400)));
        return faults;
    }
}

/// <summary>Makes the requests of a seed: accounts first, then a mix.</summary>
internal sealed class PlannedOperations(Random random, string[] accounts, int shards)
{
    private const int HourMs = 3_600_000;

    private static readonly string[] Analysts = ["ann", "bob"];

    private readonly List<Operation> operations = [];

    // In some worlds nobody says where he is, in others every other payer does, and is held again and again.
    private readonly int percentPlaced = random.Next(3) switch { 0 => 0, 1 => 30, _ => 80 };

    public List<Operation> Make(int count)
    {
        foreach (var account in accounts)
        {
            Add(OperationKind.Open, account, operation => operation with { Floor = random.Next(4) == 0 ? -random.Next(1, 300) : 0, Limits = random.Next(3) == 0 ? SomeLimits() : AccountLimits.None });
            if (random.Next(6) != 0)
                Add(OperationKind.Fund, account, operation => operation with { Amount = random.Next(1, 2_000) });
        }

        while (operations.Count < count)
            AddOne();
        return operations;
    }

    private void AddOne()
    {
        if (percentPlaced > 0 && random.Next(100) < percentPlaced / 3)
        {
            Act();
            return;
        }

        switch (random.Next(100))
        {
            case < 50:
                Pay(batch: 0);
                break;
            case < 56:
                for (var (batch, left) = (operations.Count + 1, random.Next(2, 8)); left > 0; left--)
                    Pay(batch);
                break;
            case < 66:
                Again();
                break;
            case < 70:
                AnotherBody();
                break;
            case < 78:
                Return();
                break;
            case < 85:
                Add(OperationKind.Fund, Any(), operation => operation with { Amount = random.Next(1, 1_000) });
                break;
            case < 88:
                Add(OperationKind.Freeze, Any());
                break;
            case < 92:
                if (shards > 1)
                    PayAndClose();
                else
                    Add(OperationKind.Unfreeze, Any());
                break;
            case < 93:
                Add(OperationKind.Close, Any());
                break;
            case < 97:
                Add(OperationKind.ChangeLimits, Any(), operation => operation with { Limits = random.Next(4) == 0 ? AccountLimits.None : SomeLimits() });
                break;
            default:
                Add(OperationKind.AdvanceClock, Any(), operation => operation with { Amount = percentPlaced > 0 && random.Next(3) == 0 ? random.Next(1, 6) * HourMs : random.Next(1_000, 120_000) });
                break;
        }
    }

    // What another shard refuses is money for an account that closed while it was on its way.
    private void PayAndClose()
    {
        var closing = $"acct_{operations.Count + 10}";
        Add(OperationKind.Open, closing);
        for (var payments = random.Next(1, 4); payments > 0; payments--)
            Add(OperationKind.Pay, Any(), operation => operation with { Creditor = closing, Amount = random.Next(1, 100) });
        Add(OperationKind.Close, closing);
        Add(OperationKind.Unfreeze, Any());
    }

    // The first account is hot: it pays and receives more than the others.
    private string Any() => random.Next(3) == 0 ? accounts[0] : accounts[random.Next(accounts.Length)];

    private void Pay(int batch)
    {
        // A batch has one debtor.
        var first = batch == 0 ? null : operations.Find(operation => operation.Batch == batch);
        var debtor = first?.Account ?? Any();
        string creditor;
        do
            creditor = Any();
        while (creditor == debtor);
        Add(OperationKind.Pay, debtor, operation => operation with
        {
            Creditor = creditor,
            Amount = random.Next(8) == 0 ? random.Next(1, 5_000) : random.Next(1, 300),
            Batch = batch,
            Poisoned = random.Next(60) == 0,
            RemittanceInfo = random.Next(3) == 0 ? $"invoice {random.Next(1000)}" : null,
            City = random.Next(100) < percentPlaced ? City.Names[random.Next(City.Names.Count)] : null,
            DeviceId = percentPlaced > 0 && random.Next(10) == 0 ? random.Next(3) == 0 ? Bank.StolenDevice : "device_1" : null,
        });
    }

    /// <summary>What an analyst does with the case of a payment that may be held; often several at once, so that one acts and the others are told.</summary>
    private void Act()
    {
        var payments = operations.Where(IsPerhapsHeld).ToList();
        if (payments.Count == 0)
            return;
        var payment = payments[Math.Max(0, payments.Count - 1 - random.Next(6))];
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var action = random.Next(10) switch { < 4 => CaseAction.Approve, < 6 => CaseAction.Decline, 6 => CaseAction.Snooze, 7 => CaseAction.Assign, 8 => CaseAction.Note, _ => CaseAction.Label };
            Add(OperationKind.Case, payment.Account, operation => operation with
            {
                Original = payment.Number,
                Action = action,
                Actor = Analysts[random.Next(Analysts.Length)],
                Behind = random.Next(5) == 0 ? 1 : 0,
                Text = action switch { CaseAction.Assign when random.Next(3) != 0 => Analysts[random.Next(Analysts.Length)], CaseAction.Note => $"looked at {random.Next(1000)}", _ => null },
                Until = action == CaseAction.Snooze ? DateTimeOffset.FromUnixTimeMilliseconds(VirtualTime.StartMs).AddHours(random.Next(1, 12)) : null,
                Label = action == CaseAction.Label || (action is CaseAction.Approve or CaseAction.Decline && random.Next(2) == 0) ? (CaseLabel)random.Next(1, 4) : null,
            });
        }
    }

    private bool IsPerhapsHeld(Operation operation) =>
        operation is { Kind: OperationKind.Pay, Poisoned: false, City: not null }
        && operations.Exists(before => before.City is not null && before.City != operation.City && before.Account == operation.Account && before.Number < operation.Number);

    private void Return()
    {
        var payments = operations.Where(static operation => operation is { Kind: OperationKind.Pay, Poisoned: false }).ToList();
        if (payments.Count == 0)
            return;
        var payment = payments[Math.Max(0, payments.Count - 1 - random.Next(12))];
        // Often several at once, so that they compete for what is left.
        for (var count = random.Next(1, 4); count > 0; count--)
            Add(OperationKind.Return, payment.Creditor, operation => operation with
            {
                Original = payment.Number,
                Amount = random.Next(3) == 0 ? 0 : random.Next(1, (int)Math.Min(payment.Amount + 20, 1_000)),
            });
    }

    /// <summary>The same request once more, by another client that has the same key.</summary>
    private void Again()
    {
        var first = Earlier();
        operations.Add(first with { Number = operations.Count + 1, Batch = 0 });
    }

    private void AnotherBody()
    {
        var first = Earlier();
        if (first.Kind is OperationKind.Pay or OperationKind.Fund or OperationKind.Return)
            operations.Add(first with { Number = operations.Count + 1, Batch = 0, Amount = first.Amount + 1, Poisoned = false });
        else if (first.Kind == OperationKind.Case)
            operations.Add(first with { Number = operations.Count + 1, Actor = first.Actor + "_2" });
    }

    private Operation Earlier()
    {
        Operation operation;
        do
            operation = operations[Math.Max(0, operations.Count - 1 - random.Next(20))];
        while (operation.Kind == OperationKind.AdvanceClock);
        return operation;
    }

    private AccountLimits SomeLimits() => new()
    {
        PerPayment = random.Next(3) == 0 ? random.Next(50, 400) : null,
        PerMinute = random.Next(2) == 0 ? SomeLimit() : null,
        PerHour = random.Next(3) == 0 ? SomeLimit() : null,
    };

    private WindowLimit SomeLimit() => random.Next(2) == 0 ? new WindowLimit(random.Next(1, 8), null) : new WindowLimit(null, random.Next(100, 1_500));

    private void Add(OperationKind kind, string account, Func<Operation, Operation>? with = null)
    {
        var number = operations.Count + 1;
        var operation = new Operation { Number = number, Kind = kind, Account = account, KeyText = $"k{number}" };
        operations.Add(with is null ? operation : with(operation));
    }
}
