using System.Diagnostics.Metrics;
using Grains.Interfaces.Reconciliation;

namespace Grains.Reconciliation;

/// <summary>What reconciliation measures. No merchant and no key is ever a label.</summary>
internal sealed class ReconciliationInstruments : IDisposable
{
    private const string MeterName = "Payments.Reconciliation";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> compared;
    private readonly Counter<long> passedOver;

    /// <param name="open">How many breaks of a kind are open; null in a process that does not reconcile now.</param>
    public ReconciliationInstruments(Func<BreakKind, int?> open)
    {
        meter.CreateObservableGauge("reconciliation_breaks", () => Open(open), "{break}", "Books that do not agree, by kind; told by the process that reconciles.");
        compared = meter.CreateCounter<long>("reconciliation_checked_total", "{check}", "Merchants' entries, acquirers' calls and ledgers' books that were compared.");
        passedOver = meter.CreateCounter<long>("reconciliation_passed_over_total", "{check}", "What was not compared: calls beyond the rate at which acquirers are asked or that nobody can be asked for, entries that cannot be read, books that could not be summed, breaks beyond those that are followed.");
        // So that each is there from the start.
        foreach (var what in new[] { "entry", "call", "books" })
        {
            Compared(what, 0);
            PassedOver(what, 0);
        }

        PassedOver("break", 0);
    }

    public void Compared(string what, long count = 1) => compared.Add(count, new KeyValuePair<string, object?>("what", what));

    public void PassedOver(string what, long count = 1) => passedOver.Add(count, new KeyValuePair<string, object?>("what", what));

    public void Dispose() => meter.Dispose();

    private static IEnumerable<Measurement<long>> Open(Func<BreakKind, int?> open)
    {
        foreach (var kind in BreakKindNames.All)
            if (open(kind) is { } count)
                yield return new Measurement<long>(count, new KeyValuePair<string, object?>("kind", kind.Name()));
    }
}
