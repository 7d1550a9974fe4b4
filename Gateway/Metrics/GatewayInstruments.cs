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
    private readonly Histogram<double> checkoutSeconds;
    private readonly Counter<long> checkoutAnswers;
    private readonly Counter<long> serverErrors;
    private readonly long[] byReason = new long[ReasonCodes.Length];
    private readonly TimeProvider timeProvider;
    private long pending;
    private long held;

    public GatewayInstruments(TimeProvider timeProvider)
    {
        this.timeProvider = timeProvider;
        durationSeconds = meter.CreateHistogram<double>("payment_duration_seconds", "s", "From a payment's request to its answer.");
        checkoutSeconds = meter.CreateHistogram<double>("checkout_request_seconds", "s", "From a request of /v1 to its answer.");
        checkoutAnswers = meter.CreateCounter<long>("checkout_requests_total", "{request}", "Requests of /v1, by the class of their answer's status.");
        serverErrors = meter.CreateCounter<long>("http_server_errors_total", "{request}", "Requests on any path that were answered 500 and above, by status.");
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

    /// <summary>Counts a request of <c>/v1</c> and its answer.</summary>
    public void Checkout(int status, long started)
    {
        checkoutSeconds.Record(timeProvider.GetElapsedTime(started).TotalSeconds);
        checkoutAnswers.Add(1, new KeyValuePair<string, object?>("status", status switch { < 300 => "2xx", < 400 => "3xx", < 500 => "4xx", _ => "5xx" }));
    }

    /// <summary>Counts an answer that is our fault, or says that we cannot for now.</summary>
    public void Failed(int status) => serverErrors.Add(1, new KeyValuePair<string, object?>("status", status switch { 500 => "500", 503 => "503", 504 => "504", _ => "other" }));

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
