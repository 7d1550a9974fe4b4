using System.Diagnostics;
using System.Text.Json;

namespace Silo.Embedded.Commands.DemoTraffic;

/// <summary>Counts what became of the traffic.</summary>
internal sealed class TrafficMeter
{
    private readonly Lock gate = new();
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private readonly LatencyCounts latencies = new();
    private long settled;
    private long rejected;
    private long held;
    private long refusedForRisk;
    private long cards;
    private long cardsDeclined;
    private long cardsBlocked;
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
                CountRejected(answer);
            else if (answer.Body.Text("status") == "held")
                held++;
            else if (request.Kind == DemoKind.Return)
                returned++;
            else
                settled++;
        }
    }

    /// <summary>Counts a card payment: paid, declined by its bank, or stopped before its bank was asked.</summary>
    public void CardAnswered(ServerAnswer answer)
    {
        lock (gate)
        {
            if (answer.IsSuccess)
                cards++;
            else if (answer.Status != 402)
                Fail($"{answer.Status} {ErrorOf(answer)?.Text("message")}");
            else if (ErrorOf(answer)?.Text("decline_code") == "fraudulent")
                cardsBlocked++;
            else
                cardsDeclined++;
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
                (long)watch.Elapsed.TotalMilliseconds, settled + rejected + held + repeated + wrongRepeats + returned + overloaded + failed,
                settled, rejected, returned, repeated, wrongRepeats, overloaded, failed, notSent, lastFailure,
                new LatencySummary(latencies.Quantile(500), latencies.Quantile(900), latencies.Quantile(990), latencies.Quantile(999), latencies.Max))
            {
                Held = held,
                Risk = new RiskCounts(settled + cards + cardsDeclined, held, refusedForRisk + cardsBlocked),
                Cards = new CardCounts(cards, cardsDeclined, cardsBlocked),
            };
    }

    // A payment that is rejected for another reason was not judged.
    private void CountRejected(ServerAnswer answer)
    {
        rejected++;
        if (answer.Body.TryGetProperty("reason", out var reason) && reason.Text("code") == "AG07")
            refusedForRisk++;
    }

    private void CountRepeat(DemoRequest request, ServerAnswer answer)
    {
        if (answer.Replayed && answer.Body.Text("id") == request.ExpectedPayment)
            repeated++;
        else
            wrongRepeats++;
    }

    private static JsonElement? ErrorOf(ServerAnswer answer) =>
        answer.Body.ValueKind == JsonValueKind.Object && answer.Body.TryGetProperty("error", out var error) ? error : null;

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
    string? LastFailure, LatencySummary LatencyMicroseconds)
{
    /// <summary>Payments that wait for an analyst.</summary>
    public long Held { get; init; }

    /// <summary>What was decided of those that were judged: not of repeats and returns, nor of what was rejected before.</summary>
    public required RiskCounts Risk { get; init; }

    public required CardCounts Cards { get; init; }
}

/// <summary>Fraud decisions, by outcome.</summary>
internal sealed record RiskCounts(long Approve, long Review, long Decline);

/// <summary>Card payments, by what became of them.</summary>
/// <param name="Declined">By the card's bank.</param>
/// <param name="Blocked">Before the bank was asked.</param>
internal sealed record CardCounts(long Paid, long Declined, long Blocked);

internal sealed record LatencySummary(long P50, long P90, long P99, long P999, long Max);
