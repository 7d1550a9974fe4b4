using System.Diagnostics.Metrics;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Values;

namespace Gateway.Metrics;

/// <summary>What the gateway measures. No account and no id is ever a label.</summary>
public sealed class GatewayInstruments : IDisposable
{
    public const string MeterName = "Payments.Gateway";

    private static readonly string[] ReasonCodes = MakeCodes();

    private readonly Meter meter = new(MeterName);
    private readonly Histogram<double> durationSeconds;
    private readonly long[] byReason = new long[ReasonCodes.Length];
    private readonly TimeProvider timeProvider;
    private long pending;
    private long held;

    public GatewayInstruments(TimeProvider timeProvider)
    {
        this.timeProvider = timeProvider;
        durationSeconds = meter.CreateHistogram<double>("payment_duration_seconds", "s", "From a payment's request to its answer.");
        // Counted here and handed out when asked: nothing is looked up by labels on the way of a payment.
        meter.CreateObservableCounter("payments_total", Observe, "{payment}", "Payments recorded, by rail, status and reason.");
    }

    public long Now() => timeProvider.GetTimestamp();

    /// <summary>Counts what a submission newly recorded; a replay records nothing.</summary>
    public void Submitted(SubmitAnswer answer, long started)
    {
        Count(answer);
        durationSeconds.Record(timeProvider.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Counts one payment of a batch; the batch's time is not a payment's.</summary>
    public void Count(SubmitAnswer answer)
    {
        if (answer is { Outcome: SubmitOutcome.Recorded, Replayed: false, Payment: { } payment })
        {
            if (payment.Status == PaymentStatus.Pending)
                Interlocked.Increment(ref pending);
            else if (payment.Status == PaymentStatus.Held)
                Interlocked.Increment(ref held);
            else
                Interlocked.Increment(ref byReason[(int)(payment.Reason ?? 0)]);
        }
    }

    public void Dispose() => meter.Dispose();

    private IEnumerable<Measurement<long>> Observe()
    {
        if (Interlocked.Read(ref pending) is > 0 and var answeredPending)
            yield return new Measurement<long>(answeredPending, new("rail", "ledger"), new("status", "pending"), new("reason", ""));
        if (Interlocked.Read(ref held) is > 0 and var answeredHeld)
            yield return new Measurement<long>(answeredHeld, new("rail", "ledger"), new("status", "held"), new("reason", ""));
        for (var i = 0; i < byReason.Length; i++)
        {
            var count = Interlocked.Read(ref byReason[i]);
            if (count > 0 || i == 0)
                yield return new Measurement<long>(count, new("rail", "ledger"), new("status", i == 0 ? "settled" : "rejected"), new("reason", ReasonCodes[i]));
        }
    }

    // Index 0 is a settled payment, which has no reason.
    private static string[] MakeCodes()
    {
        var codes = new string[(int)Enum.GetValues<Reason>().Max() + 1];
        Array.Fill(codes, "");
        foreach (var reason in Enum.GetValues<Reason>())
            codes[(int)reason] = reason.Code();
        return codes;
    }
}
