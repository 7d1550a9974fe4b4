using System.Diagnostics.Metrics;
using Grains.Interfaces.Values;

namespace Grains.Accounts;

/// <summary>What the account grains measure. No account and no id is ever a label.</summary>
public static class AccountInstruments
{
    public const string MeterName = "Payments.Grains";

    private const string SameLedger = "ledger";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Payments = Meter.CreateCounter<long>("payments_total", "{payment}", "Payments recorded, by rail, status and reason.");
    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>("payment_duration_seconds", "s", "From the grain's call to its answer.");

    internal static void PaymentRecorded(Reason? rejection, TimeSpan duration)
    {
        Payments.Add(
            1,
            new KeyValuePair<string, object?>("rail", SameLedger),
            new KeyValuePair<string, object?>("status", rejection is null ? "settled" : "rejected"),
            new KeyValuePair<string, object?>("reason", rejection?.Code() ?? ""));
        Duration.Record(duration.TotalSeconds);
    }
}
