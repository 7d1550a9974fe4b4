using System.Globalization;
using System.Text.Json;

namespace Grains.Interfaces.Fraud.Client;

/// <summary>An event of <c>/fraud/stream</c>.</summary>
/// <param name="Cursor">What to come back with: the stream goes on after this event.</param>
/// <param name="Source">The shard's log that it stands in, <c>/shards/0</c>.</param>
/// <param name="Position">Its place there, which no other event has.</param>
/// <param name="Type">Such as <c>payment.settled</c>.</param>
/// <param name="Subject">The payment's or case's id.</param>
/// <param name="Envelope">All of it, as CloudEvents 1.0 JSON.</param>
public sealed record FraudEvent(string Cursor, string Source, long Position, string Type, string Subject, JsonElement Envelope)
{
    /// <summary>What was decided; null where the event is not a payment's first one, or none was decided.</summary>
    public RiskOutcome? Outcome { get; private init; }

    /// <summary>0 to 100; 0 where nothing was decided.</summary>
    public int Score { get; private init; }

    /// <summary>The rules that spoke, published ones first.</summary>
    public IReadOnlyList<string> Rules { get; private init; } = [];

    /// <exception cref="InvalidDataException">It is not an event of the stream.</exception>
    internal static FraudEvent Parse(string cursor, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var envelope = document.RootElement.Clone();
            var parsed = new FraudEvent(
                cursor, Text(envelope, "source"), long.Parse(Text(envelope, "position"), NumberStyles.None, CultureInfo.InvariantCulture),
                Text(envelope, "type"), Text(envelope, "subject"), envelope);
            return envelope.GetProperty("data").TryGetProperty("risk", out var risk) ? parsed.With(risk) : parsed;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or OverflowException)
        {
            throw new InvalidDataException("What came is not an event of the fraud stream.", exception);
        }
    }

    internal static string Word(RiskOutcome outcome) => outcome switch
    {
        RiskOutcome.Approve => "approve",
        RiskOutcome.Review => "review",
        RiskOutcome.Decline => "decline",
    };

    private FraudEvent With(JsonElement risk) => this with
    {
        Outcome = Enum.GetValues<RiskOutcome>().First(outcome => Word(outcome) == Text(risk, "outcome")),
        Score = risk.GetProperty("score").GetInt32(),
        Rules = [.. risk.GetProperty("reasons").EnumerateArray().Select(static reason => Text(reason, "rule"))],
    };

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null.");
}
