using System.Diagnostics;

namespace Silo.Embedded.Commands.DemoTraffic;

/// <summary>Counts what became of the traffic.</summary>
internal sealed class TrafficMeter
{
    private readonly Lock gate = new();
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly LatencyCounts latencies = new();
    private long settled;
    private long rejected;
    private long repeated;
    private long wrongRepeats;
    private long returned;
    private long overloaded;
    private long failed;
    private long notSent;
    private string? lastFailure;

    public int InFlight { get; set; }

    public void Answered(DemoRequest request, ServerAnswer answer, TimeSpan latency)
    {
        lock (gate)
        {
            latencies.Add(latency);
            if (answer.MayAskAgain)
                overloaded++;
            else if (!answer.IsSuccess)
                Fail($"{answer.Status} {answer.Body.Text("code")}");
            else if (request.Kind == DemoKind.Repeat)
                CountRepeat(request, answer);
            else if (answer.Body.Text("status") == "rejected")
                rejected++;
            else if (request.Kind == DemoKind.Return)
                returned++;
            else
                settled++;
        }
    }

    public void Lost()
    {
        lock (gate)
            Fail("no connection");
    }

    public void NotSent()
    {
        lock (gate)
            notSent++;
    }

    public TrafficSummary Summary()
    {
        lock (gate)
            return new TrafficSummary(
                (long)watch.Elapsed.TotalMilliseconds, settled + rejected + repeated + wrongRepeats + returned + overloaded + failed,
                settled, rejected, returned, repeated, wrongRepeats, overloaded, failed, notSent, lastFailure,
                new LatencySummary(latencies.Quantile(500), latencies.Quantile(900), latencies.Quantile(990), latencies.Quantile(999), latencies.Max));
    }

    private void CountRepeat(DemoRequest request, ServerAnswer answer)
    {
        if (answer.Replayed && answer.Body.Text("id") == request.ExpectedPayment)
            repeated++;
        else
            wrongRepeats++;
    }

    private void Fail(string why)
    {
        failed++;
        lastFailure = why;
    }
}

/// <summary>What became of the traffic so far.</summary>
/// <param name="Returned">Payments whose money went back, each by a payment of its own.</param>
/// <param name="Repeated">Requests sent again under their key and answered with the first answer.</param>
/// <param name="WrongRepeats">Requests sent again that made another payment: never right.</param>
/// <param name="Overloaded">503 or 504: to be sent again later.</param>
/// <param name="NotSent">Due, but too many were in flight.</param>
internal sealed record TrafficSummary(
    long Milliseconds, long Sent, long Settled, long Rejected, long Returned, long Repeated, long WrongRepeats, long Overloaded, long Failed, long NotSent,
    string? LastFailure, LatencySummary LatencyMicroseconds);

internal sealed record LatencySummary(long P50, long P90, long P99, long P999, long Max);
