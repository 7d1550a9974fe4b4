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
/// Makes an alert of a finding, once: its number is made of what was found, so that doing it again does nothing again. Accounts are
/// frozen before the alert says so, each through its own grain, under a key of the alert's.
/// </summary>
public sealed class AlertRaising(IGrains grains, LedgerShards shards)
{
    /// <summary>Ends once the alert is durable.</summary>
    /// <returns>The alert; and whether it was there before.</returns>
    /// <exception cref="LedgerStoreException">Transient: it may be recorded, and is to be tried again.</exception>
    public async Task<AlertAnswer> Raise(ActiveDetector detector, DetectorFinding finding, long row, long timeMs)
    {
        var number = AlertList.NumberOf(detector.Name, finding.About, row, shards.ShardOf(AccountId.Parse(IFraudAlertsGrain.Key)));
        var id = AlertList.IdOf(number);
        var frozen = new List<string>();
        if (detector.Freezes)
            foreach (var suspect in finding.Suspects.Take(FraudAlert.MaxNamed))
                if (await Freeze(suspect, id, number) is { } account)
                    frozen.Add(account);
        var payments = new List<string>();
        foreach (var payment in finding.Payments.TakeLast(FraudAlert.MaxNamed))
            payments.Add(await NameOf(payment));
        var accounts = new List<string>();
        foreach (var account in finding.Accounts.Distinct().Take(FraudAlert.MaxNamed))
            accounts.Add((await Account(account)).Id.Value);
        var answer = await grains.Get<IFraudAlertsGrain>(IFraudAlertsGrain.Key).Raise(new RaiseAlert(number, new FraudAlert
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
        }));
        return answer.Outcome == AlertOutcome.Recorded ? answer : throw Later($"Alert {id}", answer.Outcome.ToString());
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

    private async ValueTask<string> NameOf(SeenReference payment)
    {
        var bucket = Bucket.Of((await Account(payment.Owner)).Id);
        return payment.IsCharge ? DocumentId.Format(DocumentKind.Charge, bucket, payment.Number) : new PaymentId(bucket, payment.Number).ToString();
    }

    private async ValueTask<AccountRecord> Account(long number) =>
        await shards.Directory.Find(number) ?? throw new InvalidDataException($"The log names account {number}, which does not exist.");

    private static LedgerStoreException Later(string what, string outcome) => new($"{what} could not be recorded: {outcome}.") { IsTransient = true };
}
