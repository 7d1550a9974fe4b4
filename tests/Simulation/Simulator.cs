using Grains.Fraud;
using Grains.Interfaces.Events;
using Ledger;
using Ledger.Shards;
using Simulation.PlantedBugs;

namespace Simulation;

/// <summary>
/// Runs one plan to its end: the production grains, host and ledger, on one thread, where the seed decides each step. Time
/// passes, turns run and batches commit only here.
/// </summary>
internal sealed partial class Simulator : IDisposable
{
    /// <summary>Many times what a run needs in which everything gets its answer.</summary>
    private const int MaxStepsToSettle = 5_000;

    /// <summary>Of the requests to come, those that may be sent next.</summary>
    private const int LooksAhead = 8;

    private readonly Plan plan;
    private readonly PlantedBug bug;
    private readonly Random random;
    private readonly VirtualTime time = new();
    private readonly Steps steps = new();
    private readonly Trace trace;
    private readonly Disk[] disks;
    private readonly SettingsInMemory settings = new();
    private readonly StoreFaults faults;
    private readonly Requests requests = new();
    private readonly Banks banks;
    private readonly Checker checker;
    private readonly Clients clients;
    private readonly List<Operation> ahead;
    private readonly ILookup<int, FaultKind> atStep;
    private readonly List<Owner> owners = [];
    private readonly List<string> errors = [];
    private ILedgerStore[] stores;
    private int lastOwner;
    private int crashes;

    private Simulator(Plan plan, PlantedBug bug)
    {
        this.plan = plan;
        this.bug = bug;
        random = new Random(unchecked(plan.Seed * 31 + 7));
        trace = new Trace(time);
        faults = new StoreFaults(plan, trace) { NowMs = () => time.NowMs };
        disks = [.. Enumerable.Range(0, plan.Shards).Select(static _ => new Disk())];
        banks = new Banks(requests, plan.Shards);
        checker = new Checker(banks, requests);
        clients = new Clients(requests, banks, checker, trace, time, random) { MayBeOverloaded = plan.QueueLimit < 1_000 };
        faults.Fencing = Fencing;
        ahead = [.. plan.Operations];
        atStep = plan.Faults.Where(static fault => !fault.IsOfCommit).ToLookup(static fault => fault.At, static fault => fault.Kind);
        stores = [.. disks.Select(bug.Plant)];
    }

    public static RunResult Run(Plan plan, PlantedBug? bug = null)
    {
        var context = SynchronizationContext.Current;
        using var simulator = new Simulator(plan, bug ?? PlantedBug.None);
        SynchronizationContext.SetSynchronizationContext(simulator.steps);
        try
        {
            simulator.Run();
            return simulator.Result(null);
        }
        catch (InvariantViolatedException exception)
        {
            return simulator.Result(exception.Message);
        }
        catch (Exception exception)
        {
            return simulator.Result($"Unexpected {exception}");
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    public void Dispose()
    {
        foreach (var owner in owners)
            owner.Dispose();
        foreach (var disk in disks)
            disk.Dispose();
    }

    private RunResult Result(string? violation) =>
        new(plan, violation, trace.Hash, trace.Steps, faults.Commits, banks.Rows, requests.All.Count(static request => request.Answer is not null), crashes, faults.Refused, banks.Decided(EventType.TransferCredited), banks.Decided(EventType.TransferRefused), banks.Held, trace.LastLines);

    private void Run()
    {
        StartOwner();
        for (var left = MaxStepsToSettle; ahead.Count > 0; left--)
        {
            if (left == 0)
                throw new InvariantViolatedException($"Nothing goes on: {Unanswered()}.");
            Step();
        }

        // From here on nothing goes wrong any more: whatever was asked must get its answer.
        faults.Ended = true;
        while (owners.Count > 1)
            Kill(owners[^1]);
        trace.Line("the faults are over");
        Settle();
        Crash();
        AskAllAgain();
        Settle();
        if (plan.HoldsEnd)
            EndHolds();
        checker.CompareAccounts(OnDisk);
        banks.AllIsDone();
        if (plan.HoldsEnd && banks.AnyHeld)
            throw new InvariantViolatedException("A payment is held beyond its time.");
    }

    /// <summary>What no analyst ended, time does.</summary>
    private void EndHolds()
    {
        foreach (var owner in owners)
            owner.Clock.Advance(Bank.HoldFor);
        Settle();
    }

    private void Settle()
    {
        for (var left = MaxStepsToSettle; clients.Waiting > 0 || steps.Count > 0 || owners.Exists(static owner => owner.HasWork) || IsAnyDue(); left--)
        {
            if (left == 0)
                throw new InvariantViolatedException($"No answer, though nothing goes wrong any more: {Unanswered()}.");
            Step();
        }
    }

    /// <summary>What the disks have, whatever stands between them and the owners.</summary>
    private ILedgerStore[] OnDisk => [.. disks.Select(static disk => disk.Store)];

    // A hold whose time has not come may stay.
    private bool IsAnyDue() => Due(long.MaxValue).Any(item => item.Kind != HoldDue.Kind || owners.Exists(owner => item.AtMs <= owner.Clock.GetUtcNow().ToUnixTimeMilliseconds()));

    // What is on a disk is read where it is asked for.
    private IEnumerable<DueItem> Due(long atMs) => plan.Shards == 1 && !banks.AnyHeld ? [] : disks.SelectMany(disk => disk.Store.Reader.Due(atMs, 1_000).AsTask().GetAwaiter().GetResult());

    private string Unanswered() => string.Join("; ", requests.All.Where(static request => request.Answer is null).Select(static request => request.Operation));

    /// <summary>After the last crash every key is sent once more: the recorded answers must come back, as they were.</summary>
    private void AskAllAgain()
    {
        foreach (var request in requests.All.Where(static request => request.Answer!.Kind == ReplyKind.Recorded))
        {
            request.AsksAgainAtMs = time.NowMs;
            clients.Add(request);
        }
    }

    private void Step()
    {
        trace.Steps++;
        if (errors.Count > 0)
            throw new InvariantViolatedException(errors[0]);
        try
        {
            foreach (var fault in faults.Ended ? [] : atStep[trace.Steps])
                Strike(fault);
            Retire();
            Pick();
        }
        catch (CrashedException)
        {
            Crash();
        }
    }

    /// <summary>One of all that could happen now.</summary>
    private void Pick()
    {
        var turns = steps.Count == 0 ? 0 : 10 * Math.Min(steps.Count, 4);
        var writers = owners.SelectMany(static owner => owner.WritersWithWork.Select(shard => (Owner: owner, Shard: shard))).ToList();
        var open = owners.FindAll(static owner => owner.Draining is null);
        var launch = open.Count > 0 && ahead.Count > 0 && clients.Waiting < plan.MaxWaiting ? 6 : 0;
        var eager = clients.Eager;
        var again = open.Count > 0 && eager.Count > 0 ? 6 : 0;
        var commits = writers.Count * plan.WriterWeight;
        var passing = turns + launch + again + commits == 0 ? 1 : 2;
        var pick = random.Next(turns + commits + launch + again + passing + 1);
        if ((pick -= turns) < 0)
            Turn();
        else if ((pick -= commits) < 0)
            Commit(writers[random.Next(writers.Count)]);
        else if ((pick -= launch) < 0)
            Launch(open[random.Next(open.Count)]);
        else if ((pick -= again) < 0)
            clients.Ask([eager[random.Next(eager.Count)]], open[random.Next(open.Count)]);
        else if (pick - passing < 0)
            PassTime(isIdle: turns + launch + again + commits == 0);
        else
            CatchUp(owners[random.Next(owners.Count)]);
    }

    private void Turn()
    {
        var index = random.Next(steps.Count);
        trace.Mark(steps.Count, index);
        steps.Run(index);
    }

    private void Commit((Owner Owner, int Shard) writer)
    {
        var step = writer.Owner.Commit(writer.Shard);
        trace.Line($"owner {writer.Owner.Number}'s writer{(plan.Shards == 1 ? "" : $" of shard {writer.Shard}")}: {step}, log at {disks[writer.Shard].Store.LastPosition}");
        checker.ReadLog(OnDisk);
    }

    private void Fencing(IReadOnlyList<long> accounts)
    {
        checker.ReadLog(OnDisk);
        foreach (var shard in accounts.GroupBy(ShardNumbers.ShardOf))
            banks.Shards[shard.Key].Fence([.. shard]);
    }

    private void CatchUp(Owner owner)
    {
        if (owner.HasWork)
            return;
        foreach (var writer in owner.Shards.Writers)
            writer.CatchUp();
        trace.Mark(1, owner.Number);
        checker.ReadLog(OnDisk);
    }

    private void PassTime(bool isIdle)
    {
        var ms = random.Next(20) == 0 ? random.Next(500, 4_000) : random.Next(1, 60);
        var to = time.NowMs + ms;
        if (isIdle && new[] { time.NextDueMs, clients.NextEagerMs }.Where(static due => due is not null).Min() is { } next)
            to = Math.Max(to, next);
        trace.Mark(2, ms);
        time.AdvanceTo(to);
        foreach (var owner in owners.FindAll(static owner => owner.Draining is null))
            foreach (var item in Due(owner.Clock.GetUtcNow().ToUnixTimeMilliseconds()))
                owner.HandOver(item);
    }

    /// <summary>Sends the next request that can be: accounts must be open, and a payment answered before it is returned.</summary>
    private void Launch(Owner owner)
    {
        for (var index = 0; index < Math.Min(LooksAhead, ahead.Count); index++)
        {
            var operation = ahead[index];
            if (IsInVain(operation))
            {
                ahead.RemoveAt(index);
                return;
            }

            if (!IsPossible(operation))
                continue;
            if (operation.Kind == OperationKind.AdvanceClock)
            {
                ahead.RemoveAt(index);
                AdvanceClocks(operation);
                return;
            }

            if (operation.Kind == OperationKind.Case)
                operation = ahead[index] = Seen(operation);
            var together = operation.Batch == 0 ? [operation] : ahead.FindAll(other => other.Batch == operation.Batch && IsPossible(other));
            ahead.RemoveAll(together.Contains);
            var asked = together.ConvertAll(one => requests.Add(one, banks.Of(one.Account).Position));
            asked.ForEach(clients.Add);
            clients.Ask(asked, owner);
            return;
        }

        PassTime(isIdle: false);
    }

    private bool IsPossible(Operation operation) => operation.Kind switch
    {
        OperationKind.Open or OperationKind.AdvanceClock => true,
        OperationKind.Pay => banks.Find(operation.Account) is not null && banks.Find(operation.Creditor) is not null,
        OperationKind.Return => Original(operation) is { } original && (original.IsSettled || IsCredited(original) || (original.IsHeld && !IsActedOn(operation.Original))),
        OperationKind.Case => Original(operation) is { Case: not null },
        _ => banks.Find(operation.Account) is not null,
    };

    private BankPayment? Original(Operation operation) => requests.PaymentOf(operation.Original) is { } payment ? banks.FindPayment(payment.Number) : null;

    // Once no analyst is about to come to it, it is asked back in vain.
    private bool IsActedOn(int payment) => ahead.Take(LooksAhead).Any(other => other.Kind == OperationKind.Case && other.Original == payment);

    /// <summary>The command as an analyst's screen makes it, who sees the case as it is, or as it was a moment ago. Sent again, it is the same.</summary>
    private Operation Seen(Operation operation)
    {
        if (requests.FirstAsked(operation.Key) is { } first)
            return operation with { Version = first.Version };
        return operation with { Version = Math.Max(1, Original(operation)!.Case!.Now.Version - operation.Behind) };
    }

    // Its creditor has the money, and may bring it back before the debtor's shard has written the end.
    private bool IsCredited(BankPayment payment) =>
        payment.Operation.Kind == OperationKind.Pay && banks.FindTransfer(payment.Row.Id, payment.Operation.Creditor)?.Row.Type == EventType.TransferCredited;

    // In a shrunk plan what it needs may be missing; and a rejected payment has nothing to return.
    private bool IsInVain(Operation operation)
    {
        if (operation.Kind is OperationKind.Return or OperationKind.Case)
            return !IsPossible(operation) && !IsUnderWay(operation.Original) && !ahead.Exists(other => other.Number == operation.Original) && requests.Find(operation.Original) is null or { Answer: not null };
        return !IsPossible(operation) && !new[] { operation.Account, operation.Creditor }.All(WillBeOpen);
    }

    private bool IsUnderWay(int original) => requests.PaymentOf(original) is { } payment && banks.FindPayment(payment.Number) is { } first && (first.IsUnderWay || (first.IsHeld && IsActedOn(original)));

    private bool WillBeOpen(string account) =>
        account.Length == 0 || banks.Find(account) is not null
        || ahead.Exists(other => other.Kind == OperationKind.Open && other.Account == account)
        || requests.All.Any(request => request.Operation.Kind == OperationKind.Open && request.Operation.Account == account && request.Answer is null);

    private void AdvanceClocks(Operation operation)
    {
        trace.Line(operation.ToString());
        var through = owners[random.Next(owners.Count)];
        through.Clock.Advance(TimeSpan.FromMilliseconds(operation.Amount));
        foreach (var owner in owners)
            if (owner != through)
                owner.HearOfTheClock(TimeSpan.FromMilliseconds(random.Next(500)));
    }
}
