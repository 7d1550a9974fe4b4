using Grains.Fraud;
using Grains.Fraud.Entities;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;
using Grains.Transfers;
using Ledger;
using Ledger.Documents;
using Ledger.Sealing;
using Ledger.Shards;
using Microsoft.Extensions.Logging;

namespace Grains.Accounts;

/// <summary>What every account grain of a process uses.</summary>
/// <param name="Clock">The product's time.</param>
/// <param name="Documents">Where cases are.</param>
/// <param name="Risk">Null where risk is not judged.</param>
public sealed record AccountGrainServices(
    LedgerShards Shards, MasterKey MasterKey, PaymentReader PaymentReader, TimeProvider Clock, DocumentReader Documents, RiskDesk? Risk, ILogger<AccountGrain> Logger)
{
    public TransferSaga Saga { get; } = new(Shards, Clock);

    public ReferenceHash References { get; } = new(MasterKey);
}

/// <summary>
/// The grain of one account. All awaits of a request come first; then one step without an await looks up the key, decides,
/// queues the entry and takes it over into the speculative state (<c>AccountGrain.Deciding.cs</c>). What the commit refuses is
/// decided again on fresh state (<c>AccountGrain.Replay.cs</c>).
/// </summary>
public sealed partial class AccountGrain : IAccountGrain, IGrainLifecycle
{
    private readonly AccountGrainServices services;
    private readonly AccountId id;
    private readonly AccountEntries entries;
    private readonly int shard;
    private readonly Func<long> newId;
    private AccountState? state;
    private long decidedAtMs;

    public AccountGrain(string key, AccountGrainServices services)
    {
        this.services = services;
        id = AccountId.Parse(key);
        entries = new AccountEntries(services.MasterKey, services.References);
        shard = services.Shards.ShardOf(id);
        Writer = services.Shards.Writers[shard];
        newId = Writer.Ids.Next;
    }

    /// <summary>Of the account's own shard.</summary>
    private LedgerWriter Writer { get; }

    private ILedgerReader Reader => Writer.Reader;

    private long NowMs => services.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    public Task Activate() => Reload();

    public Task Deactivate()
    {
        entries.Close();
        if (state is not null)
            services.Risk?.Incoming.Sleep(state.Number);
        return Task.CompletedTask;
    }

    public Task<SubmitAnswer> Submit(PaymentInstruction instruction) => JourneyTrace.IsOn ? SubmitTraced(instruction) : SubmitNow(instruction);

    private Task<SubmitAnswer> SubmitNow(PaymentInstruction instruction)
    {
        var around = Around(instruction);
        // Nearly always there at once: the usual payment is one state machine.
        return around.IsCompletedSuccessfully ? Submit(instruction, around.Result) : Later();

        async Task<SubmitAnswer> Later() => await Submit(instruction, await around);
    }

    private async Task<SubmitAnswer> Submit(PaymentInstruction instruction, Surroundings around)
    {
        // Rare: the creditor's own data key is needed only where its name is given.
        var creditorKey = instruction.Personal.CreditorName is null ? null : (await Writer.Directory.Find(instruction.Creditor.Number))?.WrappedDataKey;
        var work = new PaymentWork(instruction, creditorKey, newId, TransitTo(instruction.Creditor.Number, instruction.Amount.Currency), services.Risk);
        work.Around = around;
        var there = ShardNumbers.ShardOf(instruction.Creditor.Number);
        if (work.IsTransfer && !services.Saga.TryAdmit(there))
        {
            await EndUnadmitted(work);
            return await SubmitAnswer(work, null);
        }

        try
        {
            if (TryDecideAtOnce(work, instruction.Amount.MinorUnits))
            {
                // Awaited here, not below: the usual payment is one state machine, not three.
                var refusal = await work.Entry!.Committed;
                if (refusal == Refusal.None)
                    Recorded(work);
                else
                    await UntilEnded(work, refusal);
            }
            else if (work.Ending == 0)
            {
                await Run(work, instruction.Amount.MinorUnits);
            }
        }
        finally
        {
            if (work.IsTransfer)
                services.Saga.Leave(there);
        }

        if (work.Ending != Ending.Recorded)
            return await SubmitAnswer(work, null);
        var answer = work.Answer(state!);
        if (answer.Status == PaymentStatus.Settled)
            services.Risk?.Incoming.Note(instruction.Creditor.Number, work.RowId, answer.CreatedAt.ToUnixTimeMilliseconds(), instruction.Amount.MinorUnits, state!.Number);
        return new SubmitAnswer(SubmitOutcome.Recorded, answer.Status == PaymentStatus.Pending ? await Outcome(work.Entry!.Row, answer, instruction.Wait) : answer);
    }

    public Task<IReadOnlyList<SubmitAnswer>> SubmitAll(IReadOnlyList<PaymentInstruction> instructions) =>
        JourneyTrace.IsOn ? SubmitAllTraced(instructions) : SubmitAllNow(instructions);

    private async Task<IReadOnlyList<SubmitAnswer>> SubmitAllNow(IReadOnlyList<PaymentInstruction> instructions)
    {
        // Who is asked, is asked before: each then runs up to its commit before the next begins, and one turn decides them all, in order.
        var arounds = services.Risk?.Entities is not null && instructions.Any(static instruction => RiskEntities.AreIn(instruction.Personal))
            ? await Task.WhenAll(instructions.Select(instruction => Around(instruction).AsTask()))
            : null;
        var answers = new Task<SubmitAnswer>[instructions.Count];
        for (var i = 0; i < answers.Length; i++)
            answers[i] = Submit(instructions[i], arounds?[i] ?? Surroundings.None);
        return await Task.WhenAll(answers);
    }

    public async Task<SubmitAnswer> Preview(PaymentInstruction instruction)
    {
        await Ready();
        if (state is not null && !state.Covers(instruction.Amount.MinorUnits))
            await RefreshCredits();
        if (state is null)
            return new SubmitAnswer(SubmitOutcome.Unknown);
        var work = new PaymentWork(instruction with { Personal = PersonalFields.None }, null, newId);
        work.Decide(state, entries, DecidesAtMs());
        return new SubmitAnswer(SubmitOutcome.Recorded, work.Answer(state) with { Personal = instruction.Personal });
    }

    public async Task<AccountAnswer> Open(OpenAccount command)
    {
        var work = new OpenWork(command, id, newId(), services.Risk);
        await Run(work, 0);
        return await AccountAnswer(work);
    }

    public async Task<AccountAnswer> ChangeStatus(ChangeStatus command)
    {
        await RefreshCredits();
        var work = new StatusWork(command, Writer.Ids.Next());
        await Run(work, 0);
        return await AccountAnswer(work);
    }

    public async Task<AccountAnswer> ChangeLimits(ChangeLimits command)
    {
        LimitsWork? work = null;
        if (await WhileQuiet(async () =>
        {
            var windows = state is null ? new VelocityWindows(command.Limits) : await ReadWindows(state.Number, command.Limits);
            await RefreshCredits();
            work = new LimitsWork(command, windows, Writer.Ids.Next());
            return work;
        }))
        {
            await UntilEnded(work!);
        }

        return await AccountAnswer(work!);
    }

    public async Task<AccountAnswer> Fund(FundAccount command)
    {
        await RefreshCredits();
        var work = new FundWork(command, Writer.Ids.Next());
        await Run(work, 0);
        return await AccountAnswer(work);
    }

    public async Task<LimitsUse?> LimitsUse()
    {
        await Ready();
        return state?.Windows.Use(DecidesAtMs());
    }

    private async ValueTask<SubmitAnswer> SubmitAnswer(Work work, PaymentAnswer? answer) => work.Ending == Ending.Replayed
        ? new SubmitAnswer(SubmitOutcome.Recorded, await FirstAnswer(work.Row!), Replayed: true)
        : new SubmitAnswer(work.SubmitOutcome, answer);

    private async ValueTask<AccountAnswer> AccountAnswer(AccountWork work) => work.Ending switch
    {
        Ending.Recorded => new AccountAnswer(AccountOutcome.Recorded, await WithName(work.After!)),
        Ending.Replayed => new AccountAnswer(AccountOutcome.Recorded, await services.PaymentReader.ReadAccount(work.Row!), Replayed: true),
        _ => new AccountAnswer(work.AccountOutcome),
    };

    private async ValueTask<AccountSnapshot> WithName(AccountSnapshot account) =>
        await Writer.Directory.Find(id) is { } record ? account with { Name = services.PaymentReader.OpenName(record) } : account;
}
