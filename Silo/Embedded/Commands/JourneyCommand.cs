using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Silo.Embedded.Commands;

/// <summary>What happened to one payment, drawn.</summary>
internal static class JourneyCommand
{
    private static readonly Argument<string> Payment = new("PAYMENT") { Description = "A payment's id: pay_…" };

    public static DescribedCommand Create()
    {
        var command = new DescribedCommand(
            "journey",
            "Draw everything that happened to a payment, in order.",
            "./run journey pay_0hh5ycgt00000000000000001p",
            "./run journey pay_0hh5ycgt00000000000000001p --json")
        {
            Payment, ServerConnection.Url, ServerConnection.Key, Screen.JsonOption,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var screen = Screen.Of(parsed);
        using var server = ServerConnection.Of(parsed);
        var path = "/payments/" + Uri.EscapeDataString(parsed.GetValue(Payment)!);
        try
        {
            var journey = await Ask(server, path + "/journey", cancellationToken);
            if (screen.IsJson)
                Screen.WriteJson(journey);
            else
                Draw(screen, await Ask(server, path, cancellationToken), journey);
        }
        catch (HttpRequestException exception)
        {
            throw server.Unreachable(exception);
        }

        return ExitCode.Done;
    }

    private static async Task<JsonElement> Ask(ServerConnection server, string path, CancellationToken cancellationToken)
    {
        var answer = await server.Get(path, cancellationToken);
        return answer.IsSuccess ? answer.Body : throw answer.Refusal(server.Address);
    }

    private static void Draw(Screen screen, JsonElement payment, JsonElement journey)
    {
        var status = payment.Text("status")!;
        screen.Line($"[bold]{payment.Text("amount")} {payment.Text("currency")}[/]  {Escape(payment.Text("debtorAccount"))} → {Escape(payment.Text("creditorAccount"))}  {EventText.Status(status, status)}");
        screen.Line($"[grey]{payment.Text("id")}  {payment.Text("createdAt")}{Escape(payment.Text("remittanceInfo") is { } text ? $"  “{text}”" : "")}[/]");
        screen.Line();
        var drawing = new Grid().AddColumn(new GridColumn().RightAligned().NoWrap()).AddColumn(new GridColumn().NoWrap()).AddColumn();
        var steps = journey.GetProperty("steps").EnumerateArray().ToList();
        DateTimeOffset? before = null;
        foreach (var step in steps)
        {
            var last = step.Equals(steps[^1]);
            var at = Time(step.Text("at"));
            drawing.AddRow($"[grey]{Moment(step.Text("at"), at, before)}[/]", EventText.Status(step.Text("type")!, "●"), $"[bold]{Escape(step.Text("title"))}[/]");
            var line = last ? " " : "[grey]│[/]";
            drawing.AddRow("", line, Escape(step.Text("detail")));
            foreach (var leg in step.GetProperty("legs").EnumerateArray())
                drawing.AddRow("", line, Leg(leg));
            before = at ?? before;
        }

        screen.Write(drawing);
    }

    private static string Leg(JsonElement leg)
    {
        var debit = leg.Text("direction") == "debit";
        var balance = leg.Text("balanceAfter") is { } after ? $"  [grey]balance[/] {after}" : "";
        return $"[{(debit ? "yellow" : "green")}]{(debit ? "−" : "+")}{leg.Text("amount")} {leg.Text("currency")}[/] {Escape(leg.Text("account"))}{balance}";
    }

    // The first step says when, the others how much later.
    private static string Moment(string? text, DateTimeOffset? at, DateTimeOffset? before)
    {
        if (at is null || before is null)
            return EventText.ClockTime(text);
        var later = at.Value - before.Value;
        return later < TimeSpan.FromSeconds(1) ? $"+{later.TotalMilliseconds:0} ms" : later < TimeSpan.FromHours(1) ? $"+{later.TotalSeconds:0.0} s" : text![..10] + " " + EventText.ClockTime(text);
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static string Escape(string? text) => (text ?? "").EscapeMarkup();
}
