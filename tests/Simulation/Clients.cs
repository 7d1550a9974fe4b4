using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;

namespace Simulation;

/// <summary>
/// Clients that ask until they have an answer that stays: again with the same key when a process died under them, when they
/// lost patience, or when they were told to.
/// </summary>
internal sealed class Clients(Requests requests, Banks banks, Checker checker, Trace trace, VirtualTime time, Random random)
{
    private readonly List<Call> calls = [];
    private readonly List<Request> waiting = [];

    /// <summary>Set where the queue is never full: then nobody may be told so.</summary>
    public bool MayBeOverloaded { get; init; }

    public int Waiting => waiting.Count;

    /// <summary>Those that would ask (again) now.</summary>
    public List<Request> Eager => waiting.FindAll(request => time.NowMs >= request.AsksAgainAtMs);

    public long? NextEagerMs => waiting.Count == 0 ? null : waiting.Min(static request => request.AsksAgainAtMs);

    /// <summary>It waits for an answer, perhaps once more.</summary>
    public void Add(Request request)
    {
        request.Answer = null;
        waiting.Add(request);
    }

    public void Ask(IReadOnlyList<Request> together, Owner owner)
    {
        foreach (var request in together)
        {
            trace.Line($"client asks owner {owner.Number}: {request.Operation}");
            request.Calls++;
            request.AsksAgainAtMs = time.NowMs + random.Next(500, 8_000);
        }

        var call = new Call(owner, together);
        calls.Add(call);
        Wait(call);
    }

    /// <summary>Its calls come to nothing.</summary>
    public void OwnerDied(Owner owner)
    {
        foreach (var call in calls.Where(call => call.Owner == owner))
            foreach (var request in call.Requests)
                NoAnswer(request);
        calls.RemoveAll(call => call.Owner == owner);
    }

    // What it throws arrives at the simulator's loop, as everything does that a client does.
    private async void Wait(Call call)
    {
        IReadOnlyList<Reply> replies;
        try
        {
            replies = await Send(call);
        }
        catch (Exception exception) when (exception is GrainHostStopping or LedgerStoreException { IsTransient: true })
        {
            replies = [.. call.Requests.Select(_ => new Reply(ReplyKind.TryAgain, exception.GetType().Name))];
        }

        var stillWaits = calls.Remove(call);
        foreach (var (request, reply) in call.Requests.Zip(replies))
            Hear(request, reply, stillWaits);
    }

    private void Hear(Request request, Reply reply, bool stillWaits)
    {
        trace.Line($"client hears of [{request.Operation.Number}]: {reply}");
        if (reply.Why == nameof(SubmitOutcome.Overloaded) && !MayBeOverloaded)
            throw new InvariantViolatedException($"{request.Operation} was given up, and the queue is not full.");
        checker.Answered(request.Operation, reply);
        if (stillWaits)
            NoAnswer(request);
        if (!reply.Stays)
            return;
        request.Answer ??= reply;
        waiting.Remove(request);
    }

    private void NoAnswer(Request request)
    {
        request.Calls--;
        request.AsksAgainAtMs = time.NowMs + random.Next(0, 1_000);
    }

    private async Task<IReadOnlyList<Reply>> Send(Call call)
    {
        var first = call.Requests[0].Operation;
        var grain = call.Owner.Account(first.Account);
        if (call.Requests.Count > 1)
        {
            var instructions = new List<PaymentInstruction>();
            foreach (var request in call.Requests)
                instructions.Add(await Instruction(request.Operation, call.Owner));
            var answers = await grain.SubmitAll(instructions);
            return [.. answers.Select(Reply.Of)];
        }

        var origin = new CommandOrigin(Operation.Tenant, first.Key, first.RequestHash);
        return [first.Kind switch
        {
            OperationKind.Pay => Reply.Of(await grain.Submit(await Instruction(first, call.Owner))),
            OperationKind.Return => Reply.Of(await grain.Return(ReturnOf(first))),
            OperationKind.Open => Reply.Of(await grain.Open(new OpenAccount(origin, Operation.Tenant, Currency.Usd, first.Floor, first.Limits, null))),
            OperationKind.Fund => Reply.Of(await grain.Fund(new FundAccount(origin, first.Amount))),
            OperationKind.Freeze => Reply.Of(await grain.ChangeStatus(new ChangeStatus(origin, StatusChange.Freeze, "suspicion"))),
            OperationKind.Unfreeze => Reply.Of(await grain.ChangeStatus(new ChangeStatus(origin, StatusChange.Unfreeze, null))),
            OperationKind.Close => Reply.Of(await grain.ChangeStatus(new ChangeStatus(origin, StatusChange.Close, null))),
            OperationKind.ChangeLimits => Reply.Of(await grain.ChangeLimits(new ChangeLimits(origin, first.Limits))),
            OperationKind.Case => Reply.Of(await grain.ActOnCase(CommandOf(first))),
            OperationKind.AdvanceClock => throw new InvalidOperationException("Nobody is asked to advance the clock."),
        }];
    }

    // What the gateway does before it calls the grain.
    private static async Task<PaymentInstruction> Instruction(Operation operation, Owner owner)
    {
        var creditor = await owner.Shards.Directory.Find(AccountId.Parse(operation.Creditor))
            ?? throw new InvariantViolatedException($"{operation.Creditor} was opened, and is not found.");
        return new PaymentInstruction
        {
            Tenant = Operation.Tenant,
            Debtor = AccountId.Parse(operation.Account),
            Creditor = new CreditorFacts(creditor.Id, creditor.Number, creditor.Currency, creditor.Status == AccountStatus.Closed),
            Amount = new Money(operation.Amount, Currency.Usd),
            Key = operation.Key,
            RequestHash = operation.RequestHash,
            Personal = operation is { RemittanceInfo: null, City: null, DeviceId: null }
                ? PersonalFields.None
                : new PersonalFields { RemittanceInfo = operation.RemittanceInfo, Location = operation.City is { } city ? City.PlaceOf(city) : null, DeviceId = operation.DeviceId },
        };
    }

    private ReturnInstruction ReturnOf(Operation operation) => new()
    {
        Tenant = Operation.Tenant,
        Original = requests.PaymentOf(operation.Original)!.Value,
        AmountMinorUnits = operation.Amount == 0 ? null : operation.Amount,
        ReturnReason = "FOCR",
        Key = operation.Key,
        RequestHash = operation.RequestHash,
    };

    private CaseCommand CommandOf(Operation operation) => new()
    {
        Case = banks.CaseOf(requests.PaymentOf(operation.Original)!.Value.Number)!.Number,
        Version = operation.Version,
        Action = operation.Action,
        Actor = operation.Actor,
        Tenant = Operation.Tenant,
        Text = operation.Text,
        Until = operation.Until,
        Label = operation.Label,
        Key = operation.Key,
        RequestHash = operation.RequestHash,
    };

    private sealed record Call(Owner Owner, IReadOnlyList<Request> Requests);
}
