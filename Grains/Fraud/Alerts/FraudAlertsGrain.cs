using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;
using Ledger.Sealing;
using Microsoft.Extensions.Logging;

namespace Grains.Fraud.Alerts;

/// <summary>What the alerts' grain uses.</summary>
/// <param name="Writer">Of the shard that its key is on.</param>
/// <param name="Clock">The product's time.</param>
public sealed record FraudAlertsServices(LedgerWriter Writer, DocumentReader Documents, MasterKey MasterKey, IGrains Grains, TimeProvider Clock, ILogger<FraudAlertsGrain> Logger);

/// <summary>
/// The grain of a ledger's alerts. Changes are few, so one is decided after the other is durable, each on what is committed: the owner's
/// version fences those of another process.
/// </summary>
public sealed class FraudAlertsGrain : IFraudAlertsGrain, IGrainLifecycle
{
    /// <summary>How often one change is decided before the grain gives up on it, with nothing recorded.</summary>
    private const int MaxDecisions = 20;

    private static readonly AccountId OwnerId = AccountId.Parse(IFraudAlertsGrain.Key);

    private readonly FraudAlertsServices services;
    private readonly WriterLane lane = new();
    private readonly OneByOne turns = new();
    private DataKey? dataKey;

    public FraudAlertsGrain(string key, FraudAlertsServices services)
    {
        if (key != IFraudAlertsGrain.Key)
            throw new ArgumentException($"The alerts of a ledger are '{IFraudAlertsGrain.Key}'.", nameof(key));
        this.services = services;
    }

    /// <summary>What a change comes to: how it is answered, and, where it is new, what is recorded.</summary>
    private sealed record Decided(AlertAnswer Answer, Func<AccountRecord, long, JournalEntry>? Write = null);

    public Task Activate() => Task.CompletedTask;

    public async Task Deactivate()
    {
        await turns.Last;
        dataKey?.Dispose();
    }

    public Task<AlertAnswer> Raise(RaiseAlert command) => turns.Run(() => Change(async (owner, nowMs) =>
    {
        if (await services.Documents.Find(owner.Number, AlertList.Kind, command.Number) is { } known)
            return new Decided(new AlertAnswer(AlertOutcome.Recorded, FraudJson.ReadAlert(known.Public), Replayed: true));
        var alert = command.Alert with { RaisedAt = DateTimeOffset.FromUnixTimeMilliseconds(nowMs) };
        return new Decided(new AlertAnswer(AlertOutcome.Recorded, alert), (account, id) => AlertEntry.Raised(alert, command.Number, account, id, nowMs, lane, dataKey!));
    }));

    public Task<AlertAnswer> Extend(ExtendAlert command) => turns.Run(() => Change(async (owner, nowMs) =>
    {
        if (await services.Documents.Find(owner.Number, AlertList.Kind, command.Number) is not { } found)
            return new Decided(new AlertAnswer(AlertOutcome.Unknown));
        var alert = FraudJson.ReadAlert(found.Public);
        string[] frozen = [.. alert.Frozen.Union(command.Frozen).Take(FraudAlert.MaxNamed)];
        if (alert.State == AlertState.Closed || frozen.Length == alert.Frozen.Count)
            return new Decided(new AlertAnswer(AlertOutcome.Recorded, alert, Replayed: true));
        var extended = alert with { Version = alert.Version + 1, Accounts = [.. alert.Accounts.Union(frozen).Take(FraudAlert.MaxNamed)], Frozen = frozen };
        return new Decided(new AlertAnswer(AlertOutcome.Recorded, extended), (account, id) => AlertEntry.Extended(alert, extended, command.Number, account, id, nowMs, lane, dataKey!));
    }));

    public Task<AlertAnswer> Close(CloseAlert command) => turns.Run(() => Change(async (owner, nowMs) =>
    {
        if (!command.Key.IsNone && await services.Writer.Reader.FindByKey(command.Key) is { } row)
            return new Decided(await Replay(row, command.RequestHash));
        if (await services.Documents.Find(owner.Number, AlertList.Kind, command.Number) is not { } found)
            return new Decided(new AlertAnswer(AlertOutcome.Unknown));
        var alert = FraudJson.ReadAlert(found.Public);
        if (alert.State == AlertState.Closed || alert.Version != command.Version)
            return new Decided(new AlertAnswer(AlertOutcome.Closed, alert));
        var closed = alert with
        {
            Version = alert.Version + 1,
            State = AlertState.Closed,
            Outcome = command.Outcome,
            Note = command.Note,
            ClosedBy = command.Actor,
            ClosedAt = DateTimeOffset.FromUnixTimeMilliseconds(nowMs),
        };
        return new Decided(new AlertAnswer(AlertOutcome.Recorded, closed), (account, id) => AlertEntry.Closed(alert, closed, command, account, id, nowMs, lane, dataKey!));
    }));

    private async Task<AlertAnswer> Change(Func<AccountRecord, long, Task<Decided>> decide)
    {
        for (var decisions = 0; decisions < MaxDecisions; decisions++)
        {
            var owner = await services.Writer.Reader.FindAccount(OwnerId) ?? await OpenOwner();
            if (owner.Tenant != 0)
                throw new InvalidDataException($"Account {owner.Id} is a tenant's: alerts cannot be recorded under it.");
            dataKey ??= services.MasterKey.Unwrap(owner.WrappedDataKey!);
            var decided = await decide(owner, services.Clock.GetUtcNow().ToUnixTimeMilliseconds());
            if (decided.Write is not { } write)
                return decided.Answer;
            var entry = write(owner, services.Writer.Ids.Next());
            var admission = services.Writer.TryEnqueue(entry);
            if (admission != Admission.Admitted)
                return new AlertAnswer(admission == Admission.QueueFull ? AlertOutcome.Overloaded : AlertOutcome.ShuttingDown);
            var refusal = await entry.Committed;
            if (refusal == Refusal.None)
                return decided.Answer;
            if (refusal == Refusal.NotWritable)
                return new AlertAnswer(AlertOutcome.Failed);
            AlertsLog.DecidedAnew(services.Logger, refusal);
            // Another process has the account for now: whatever is decided before its time is over is refused again.
            if (entry.OwnedElsewhereFor > TimeSpan.Zero)
                await Task.Delay(entry.OwnedElsewhereFor, services.Clock);
            lane.StartGeneration();
        }

        return new AlertAnswer(AlertOutcome.Overloaded);
    }

    private async Task<AlertAnswer> Replay(LogRow row, UInt128 hash) => row.RequestHash == hash
        ? new AlertAnswer(AlertOutcome.Recorded, FraudJson.ReadAlert((await services.Documents.Open(row))[0].Public), Replayed: true)
        : new AlertAnswer(AlertOutcome.KeyReused);

    private async Task<AccountRecord> OpenOwner()
    {
        var origin = new CommandOrigin(0, IdempotencyKey.Of(0, "alerts", "open"), 1);
        var answer = await services.Grains.Get<IAccountGrain>(IFraudAlertsGrain.Key).Open(new OpenAccount(origin, 0, Currency.Usd, 0, AccountLimits.None, null));
        if (answer.Outcome is AccountOutcome.Recorded or AccountOutcome.Exists && await services.Writer.Reader.FindAccount(OwnerId) is { } owner)
            return owner;
        throw new LedgerStoreException($"Account {IFraudAlertsGrain.Key} could not be opened: {answer.Outcome}.") { IsTransient = true };
    }
}
