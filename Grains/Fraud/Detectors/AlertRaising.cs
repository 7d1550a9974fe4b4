using Grains.Fraud.Features;
using Grains.Interfaces;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;
using Ledger.Shards;

namespace Grains.Fraud.Detectors;

/// <summary>
/// Makes an alert of a finding: one of a pattern in a day, whoever finds it and however often. Its number is made of the pattern and of the
/// pattern's alert before it. Accounts are frozen before the alert says so, each through its own grain, under a key of the alert's: whoever
/// comes after one that ended in between freezes nobody again, and raises the alert that the freeze names.
/// </summary>
public sealed class AlertRaising(IGrains grains, LedgerShards shards, DocumentReader documents)
{
    /// <summary>How long a pattern that lasts is the same alert.</summary>
    public const long QuietMs = WindowMs.Day;

    /// <summary>The newest alerts of a pattern that are looked at.</summary>
    private const int MaxOfPattern = 100;

    /// <summary>The newest alerts of a detector that are looked through for a pattern that is in no list.</summary>
    private const int MaxOfDetector = 1_000;

    /// <summary>An alert may be made so much before its event, by another process's clock.</summary>
    private const long ClocksApartMs = 60_000;

    private static readonly AccountId OwnerId = AccountId.Parse(IFraudAlertsGrain.Key);

    /// <summary>Ends once the alert, and whom it froze, is durable.</summary>
    /// <param name="timeMs">Of the event that completes the pattern.</param>
    /// <returns>The alert; and whether it was there before.</returns>
    /// <exception cref="LedgerStoreException">Transient: it may be recorded, and is to be tried again.</exception>
    public async Task<AlertAnswer> Raise(ActiveDetector detector, DetectorFinding finding, long timeMs)
    {
        var earlier = await OfPattern(detector.Name, finding.About, timeMs);
        if (earlier.FirstOrDefault(alert => Math.Abs(timeMs - alert.FoundAtMs) < QuietMs) is { } lasting)
            return await Extend(detector, finding, lasting);
        var before = earlier.Where(alert => alert.FoundAtMs < timeMs).MaxBy(static alert => alert.FoundAtMs);
        var number = AlertList.NumberOf(detector.Name, finding.About, before is null ? 0 : NumberOf(before), shards.ShardOf(OwnerId));
        var id = AlertList.IdOf(number);
        var frozen = detector.Freezes ? await Freeze(finding.Suspects, id, number, []) : [];
        var payments = new List<string>();
        foreach (var payment in finding.Payments.TakeLast(FraudAlert.MaxNamed))
            payments.Add(await NameOf(payment));
        var accounts = new List<string>();
        foreach (var account in finding.Accounts.Distinct().Take(FraudAlert.MaxNamed))
            accounts.Add((await Account(account)).Id.Value);
        var answer = Recorded(id, await Alerts.Raise(new RaiseAlert(number, new FraudAlert
        {
            Id = id,
            Version = 1,
            State = AlertState.Open,
            Detector = detector.Name,
            Severity = finding.Severity,
            Text = finding.Text,
            Accounts = accounts,
            Payments = payments,
            Amount = new Money(finding.Amount, finding.Currency).ToDecimalString(),
            Currency = finding.Currency.Code,
            Frozen = frozen,
            RaisedAt = DateTimeOffset.UnixEpoch,
            About = finding.About,
            FoundAtMs = timeMs,
        })));
        // Somebody else raised it meanwhile, and may have frozen others.
        return answer.Replayed ? await Note(answer, frozen) : answer;
    }

    private IFraudAlertsGrain Alerts => grains.Get<IFraudAlertsGrain>(IFraudAlertsGrain.Key);

    // Alerts of releases before are in no list of their pattern: those that may last are found among all of the detector.
    private async Task<IReadOnlyList<FraudAlert>> OfPattern(string detector, string about, long timeMs)
    {
        if (await shards.Reader.FindAccount(OwnerId) is not { } owner)
            return [];
        var found = await Read(new DocumentQuery(owner.Number, AlertList.Kind, AlertList.PatternLink(detector, about), 0, 0, MaxOfPattern));
        if (found.Count > 0)
            return found;
        var lately = await Read(new DocumentQuery(owner.Number, AlertList.Kind, AlertList.Link(detector, null), 0, 0, MaxOfDetector, CreatedFromMs: Math.Max(0, timeMs - QuietMs - ClocksApartMs)));
        return [.. lately.Where(alert => alert.About == about)];
    }

    private async Task<IReadOnlyList<FraudAlert>> Read(DocumentQuery query) => [.. (await documents.List(query)).Select(static each => FraudJson.ReadAlert(each.State.Public))];

    /// <summary>Who joined the pattern since is frozen too, as long as nobody closed the alert.</summary>
    private async Task<AlertAnswer> Extend(ActiveDetector detector, DetectorFinding finding, FraudAlert lasting)
    {
        var known = new AlertAnswer(AlertOutcome.Recorded, lasting, Replayed: true);
        if (!detector.Freezes || lasting.State == AlertState.Closed)
            return known;
        return await Note(known, await Freeze(finding.Suspects, lasting.Id, NumberOf(lasting), lasting.Frozen));
    }

    private async Task<AlertAnswer> Note(AlertAnswer known, IReadOnlyList<string> frozen)
    {
        var alert = known.Alert!;
        if (frozen.All(alert.Frozen.Contains))
            return known;
        return Recorded(alert.Id, await Alerts.Extend(new ExtendAlert(NumberOf(alert), frozen))) with { Replayed = true };
    }

    /// <returns>With those that the alert froze already; no more than it may name.</returns>
    private async Task<IReadOnlyList<string>> Freeze(IEnumerable<long> suspects, string alert, long number, IReadOnlyList<string> already)
    {
        var frozen = new List<string>(already);
        foreach (var suspect in suspects)
        {
            if (frozen.Count >= FraudAlert.MaxNamed)
                break;
            if (!frozen.Contains((await Account(suspect)).Id.Value) && await Freeze(suspect, alert, number) is { } account)
                frozen.Add(account);
        }

        return frozen;
    }

    // Null where it is not to be frozen: it is the product's own, closed, or somebody froze it before.
    private async Task<string?> Freeze(long number, string alert, long alertNumber)
    {
        if (SystemAccountNumbers.IsSystem(number))
            return null;
        var (id, key) = ((await Account(number)).Id, IdempotencyKey.Of(0, alert, $"/accounts/{number}/freeze"));
        if (await shards.Reader.FindAccount(number) is not { Status: AccountStatus.Open } && await shards.Of(id).Reader.FindByKey(key) is null)
            return null;
        // The account's bank reads the reason: it names the alert, and not what gave rise to it.
        var origin = new CommandOrigin(0, key, (UInt128)(ulong)alertNumber);
        var answer = await grains.Get<IAccountGrain>(id.Value).ChangeStatus(new ChangeStatus(origin, StatusChange.Freeze, $"Frozen for review: {alert}."));
        return answer.Outcome switch
        {
            AccountOutcome.Recorded => id.Value,
            AccountOutcome.Closed or AccountOutcome.Unknown => null,
            var other => throw Later($"Account {id}", other.ToString()),
        };
    }

    private static AlertAnswer Recorded(string id, AlertAnswer answer) => answer.Outcome == AlertOutcome.Recorded ? answer : throw Later($"Alert {id}", answer.Outcome.ToString());

    private static long NumberOf(FraudAlert alert) => AlertList.TryParseId(alert.Id, out var number) ? number : throw new InvalidDataException($"'{alert.Id}' is no alert's id.");

    private async ValueTask<string> NameOf(SeenReference payment)
    {
        var bucket = Bucket.Of((await Account(payment.Owner)).Id);
        return payment.IsCharge ? DocumentId.Format(DocumentKind.Charge, bucket, payment.Number) : new PaymentId(bucket, payment.Number).ToString();
    }

    private async ValueTask<AccountRecord> Account(long number) =>
        await shards.Directory.Find(number) ?? throw new InvalidDataException($"The log names account {number}, which does not exist.");

    private static LedgerStoreException Later(string what, string outcome) => new($"{what} could not be recorded: {outcome}.") { IsTransient = true };
}
