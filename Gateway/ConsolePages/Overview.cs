using System.Globalization;
using System.Text.Json;
using Gateway.Events;
using Gateway.Wire;
using Ledger;

namespace Gateway.ConsolePages;

/// <summary>How the product is at one moment, as one caller sees it.</summary>
internal sealed record Overview
{
    public required DateTimeOffset Time { get; init; }

    /// <summary>Totals and seconds are what the log says up to <see cref="Ledger.Tally.End"/>.</summary>
    public required Tally Tally { get; init; }

    /// <summary>Payments of the last whole second.</summary>
    public required long PaymentsPerSecond { get; init; }

    public required PaymentCounts LastHour { get; init; }

    public required PaymentCounts HourBefore { get; init; }

    public required (string P50, string P99)? LatencyMs { get; init; }

    public required int QueueDepth { get; init; }

    public required int QueueLimit { get; init; }

    public required IReadOnlyList<Attention> Attention { get; init; }

    /// <summary>Whether the seconds are all that the chart draws, rather than those that may have changed.</summary>
    public required bool IsFirst { get; init; }
}

/// <summary>Something that a person should look at, and where.</summary>
internal sealed record Attention(string Kind, string Text, string Href);

internal static class OverviewJson
{
    /// <summary>A page that opens shows about so many events that were there before it.</summary>
    private const long EventsBefore = 200;

    /// <summary>The live board of fraud draws a picture of more than its last rows.</summary>
    private const long FraudBefore = 3_000;

    public static void Write(Utf8JsonWriter json, Overview overview)
    {
        var tally = overview.Tally;
        json.WriteStartObject();
        json.WriteTime("time"u8, overview.Time);
        // A cursor of /events, and the same as a position of each event's source.
        json.WriteString("position"u8, tally.End.ToString());
        json.WriteStartObject("positions"u8);
        for (var shard = 0; shard < tally.End.Shards; shard++)
            json.WriteString(EventJson.Source(shard), Text(tally.End[shard]));
        json.WriteEndObject();
        json.WriteNumber("paymentsTotal"u8, tally.Total.All);
        json.WriteNumber("settledTotal"u8, tally.Total.Settled);
        json.WriteNumber("rejectedTotal"u8, tally.Total.Rejected);
        json.WriteNumber("paymentsPerSecond"u8, overview.PaymentsPerSecond);
        json.WriteString("successRatio"u8, Ratio(overview.LastHour));
        json.WriteString("successRatioHourBefore"u8, Ratio(overview.HourBefore));
        WriteLatency(json, overview.LatencyMs);
        json.WriteNumber("queueDepth"u8, overview.QueueDepth);
        json.WriteNumber("queueLimit"u8, overview.QueueLimit);
        json.WriteStartArray("attention"u8);
        foreach (var attention in overview.Attention)
        {
            json.WriteStartObject();
            json.WriteString("kind"u8, attention.Kind);
            json.WriteString("text"u8, attention.Text);
            json.WriteString("href"u8, attention.Href);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (overview.IsFirst)
        {
            json.WriteString("eventsAfter"u8, tally.End.Back(EventsBefore).ToString());
            json.WriteString("fraudAfter"u8, tally.End.Back(FraudBefore).ToString());
        }

        json.WriteStartArray(overview.IsFirst ? "history"u8 : "seconds"u8);
        foreach (var second in tally.Seconds)
            Write(json, second);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Settled of all, to six digits and never rounded up: one failure in a million is not 1. Null for none of none.</summary>
    public static string? Ratio(PaymentCounts counts) =>
        counts.All == 0 ? null : decimal.Round((decimal)counts.Settled / counts.All, 6, MidpointRounding.ToZero).ToString("0.0#####", CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter json, SecondCounts second)
    {
        json.WriteStartObject();
        json.WriteTime("time"u8, DateTimeOffset.FromUnixTimeSeconds(second.Second));
        json.WriteNumber("settled"u8, second.Payments.Settled);
        json.WriteNumber("rejected"u8, second.Payments.Rejected);
        json.WriteEndObject();
    }

    private static void WriteLatency(Utf8JsonWriter json, (string P50, string P99)? latencyMs)
    {
        if (latencyMs is not { } latency)
        {
            json.WriteNull("latencyMs"u8);
            return;
        }

        json.WriteStartObject("latencyMs"u8);
        json.WriteString("p50"u8, latency.P50);
        json.WriteString("p99"u8, latency.P99);
        json.WriteEndObject();
    }

    private static string Text(long position) => position.ToString(CultureInfo.InvariantCulture);
}
