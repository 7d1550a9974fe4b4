using System.CommandLine;
using System.Net.Http.Headers;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Fraud.Client;
using Spectre.Console;

namespace Silo.Embedded.Commands.Fraud;

/// <summary>An example of a subscriber: follows the fraud stream, and ends with the cursor to go on with.</summary>
internal static class FraudWatchCommand
{
    private static readonly Option<string?> After = new("--after") { Description = "Start after this cursor; 0 is the beginning. Default: now." };
    private static readonly Option<RiskOutcome?> Outcome = new("--outcome") { Description = "Only payments that were decided so: approve, review or decline." };
    private static readonly Option<int?> MinScore = new("--min-score") { Description = "Only payments with at least this score, 0 to 100." };
    private static readonly Option<string?> Rule = new("--rule") { Description = "Only payments of which this rule spoke, such as impossible_travel." };
    private static readonly Option<string?> Account = new("--account") { Description = "Only events of this account, as debtor or creditor." };
    private static readonly Option<string?> Type = new("--type") { Description = "Only events of this type, such as payment.held." };
    private static readonly Option<int?> Count = new("--count") { Description = "End after so many events. Default: at Ctrl+C." };
    private static readonly Option<string> Key = ServerConnection.KeyOption("sk_sandbox_analyst", "the sandbox's analyst key");

    public static DescribedCommand Create()
    {
        var command = new DescribedCommand(
            "watch",
            "Follow payments with their fraud decisions: a line an event (with --json, its envelope).",
            "./run fraud watch",
            "./run fraud watch --outcome review",
            "./run fraud watch --after 0 --rule impossible_travel --count 10 --json")
        {
            After, Outcome, MinScore, Rule, Account, Type, Count, ServerConnection.Url, Key, Screen.JsonOption,
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
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = parsed.GetValue(ServerConnection.Url) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", parsed.GetValue(Key));
        var client = new FraudStreamClient(http, TimeProvider.System) { StateChanged = state => screen.Note(Sentence(state, http.BaseAddress!)) };
        var query = new FraudStreamQuery
        {
            Outcome = parsed.GetValue(Outcome),
            MinScore = parsed.GetValue(MinScore),
            Rule = parsed.GetValue(Rule),
            Account = parsed.GetValue(Account),
            Type = parsed.GetValue(Type),
        };
        var (cursor, left) = (parsed.GetValue(After), parsed.GetValue(Count) ?? int.MaxValue);
        try
        {
            await foreach (var fraudEvent in client.Read(query, cursor, cancellationToken))
            {
                Show(screen, fraudEvent);
                cursor = fraudEvent.Cursor;
                if (--left == 0)
                    break;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The reader has seen enough.
            left = 0;
        }
        catch (FraudStreamRefusedException refused)
        {
            throw new CommandFailedException(refused.Message, refused.Status is 400 or 422 ? ExitCode.Usage : ExitCode.Finding, refused);
        }

        if (cursor is not null)
            screen.Note($"To go on: --after {cursor}");
        return ExitCode.Done;
    }

    private static void Show(Screen screen, FraudEvent fraudEvent)
    {
        if (screen.IsJson)
            Screen.WriteJson(fraudEvent.Envelope);
        else
            screen.Line($"{EventText.Of(fraudEvent.Cursor, fraudEvent.Envelope).Plain.EscapeMarkup()} {Decision(fraudEvent)}".TrimEnd());
    }

    private static string Decision(FraudEvent fraudEvent)
    {
        if (fraudEvent.Outcome is not { } outcome)
            return "";
        var colour = outcome switch
        {
            RiskOutcome.Approve => "green",
            RiskOutcome.Review => "yellow",
            RiskOutcome.Decline => "red",
        };
        return $"[{colour}]{outcome.ToString().ToLowerInvariant()} {fraudEvent.Score}[/] {Rules(fraudEvent)}";
    }

    private static string Rules(FraudEvent fraudEvent) => string.Join(", ", fraudEvent.Rules).EscapeMarkup();

    private static string Sentence(FraudStreamState state, Uri url) => state switch
    {
        FraudStreamState.Connected => $"Connected to {url.Authority}",
        FraudStreamState.Broken => "The connection broke; coming back …",
        FraudStreamState.TooSlow => "Too slow for the stream; coming back where it was …",
        FraudStreamState.Unreachable => $"{url.Authority} does not answer; asking again …",
    };
}
