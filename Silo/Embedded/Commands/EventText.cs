using System.Text.Json;
using Spectre.Console;

namespace Silo.Embedded.Commands;

/// <summary>An event's envelope, as a row of text.</summary>
internal sealed record EventText(string Cursor, string Time, string Type, string Subject, string Amount, string Parties, string Note)
{
    public static EventText Of(string cursor, JsonElement envelope)
    {
        var data = envelope.TryGetProperty("data", out var found) ? found : default;
        return new EventText(
            cursor,
            ClockTime(envelope.Text("time")),
            envelope.Text("type") ?? "",
            envelope.Text("subject") ?? "",
            data.Text("amount") is { } amount ? $"{amount} {data.Text("currency")}" : "",
            data.Text("debtorAccount") is { } debtor ? $"{debtor} → {data.Text("creditorAccount")}" : "",
            NoteOf(data));
    }

    /// <summary>A status or an event's type in its colour.</summary>
    public static string Status(string status, string text)
    {
        var colour = status[(status.LastIndexOf('.') + 1)..] switch
        {
            "settled" or "funded" or "opened" => "green",
            "rejected" or "closed" or "delivery_failed" => "red",
            "returned" or "held" or "unresolved" or "frozen" or "pending" => "yellow",
            _ => "blue",
        };
        return $"[{colour}]{text.EscapeMarkup()}[/]";
    }

    /// <summary>The time of day, to the millisecond; the day is the reader's own.</summary>
    public static string ClockTime(string? time) => time is { Length: 24 } ? time[11..23] : time ?? "";

    public string Plain => $"{Time} {Type,-18} {Subject} {Amount} {Parties} {Note}".TrimEnd();

    private static string NoteOf(JsonElement data)
    {
        if (data.ValueKind == JsonValueKind.Object && data.TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.Object)
            return $"{reason.Text("code")} {reason.Text("name")}";
        return data.Text("returnReason") ?? data.Text("remittanceInfo") ?? "";
    }
}
