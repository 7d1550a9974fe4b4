using System.CommandLine;
using Spectre.Console;

namespace Silo.Embedded.Commands;

/// <summary>What happens, while it happens.</summary>
internal static class WatchCommand
{
    private static readonly Option<string?> After = new("--after") { Description = "Start after this cursor; 0 is the beginning. Default: now." };
    private static readonly Option<string?> Type = new("--type") { Description = "Only events of this type, such as payment.rejected." };
    private static readonly Option<string?> Subject = new("--subject") { Description = "Only events about this payment or account." };
    private static readonly Option<int?> Count = new("--count") { Description = "End after so many events. Default: at Ctrl+C." };

    public static DescribedCommand Create()
    {
        var command = new DescribedCommand(
            "watch",
            "Follow the running server's events: a live table on a terminal, else a line an event (with --json, its envelope).",
            "./run watch",
            "./run watch --type payment.rejected",
            "./run watch --after 0 --count 100 --json")
        {
            After, Type, Subject, Count, ServerConnection.Url, ServerConnection.Key, Screen.JsonOption,
        };
        Count.Validators.Add(static result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var count) && count < 1)
                result.AddError("--count: at least 1.");
        });
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var screen = Screen.Of(parsed);
        using var server = ServerConnection.Of(parsed);
        try
        {
            if (screen.IsLive)
                await WatchTable.Show(screen, server, Query(parsed), parsed.GetValue(After), parsed.GetValue(Count), cancellationToken);
            else
                await Print(screen, server, parsed, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The reader has seen enough.
            return ExitCode.Done;
        }

        return ExitCode.Done;
    }

    private static async Task Print(Screen screen, ServerConnection server, ParseResult parsed, CancellationToken cancellationToken)
    {
        var feed = new EventFeed(server, Query(parsed), connected => screen.Note(connected ? $"Connected to {server.Address}" : "The connection broke; coming back …"));
        var left = parsed.GetValue(Count) ?? long.MaxValue;
        await foreach (var (cursor, envelope) in feed.Read(parsed.GetValue(After), cancellationToken))
        {
            if (screen.IsJson)
                Screen.WriteJson(envelope);
            else
                screen.Line(EventText.Of(cursor, envelope).Plain.EscapeMarkup());
            if (--left == 0)
                return;
        }
    }

    private static string Query(ParseResult parsed)
    {
        var parts = new List<string>();
        if (parsed.GetValue(Type) is { } type)
            parts.Add("type=" + Uri.EscapeDataString(type));
        if (parsed.GetValue(Subject) is { } subject)
            parts.Add("subject=" + Uri.EscapeDataString(subject));
        return parts.Count == 0 ? "" : "?" + string.Join('&', parts);
    }
}
