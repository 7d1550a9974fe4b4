using System.Buffers;
using System.CommandLine;
using System.Text.Json;
using Spectre.Console;

namespace Silo.Embedded.Commands;

/// <summary>One payment, and its answer in words.</summary>
internal static class PayCommand
{
    /// <summary>How often a payment whose outcome is unknown is sent again, under its own key.</summary>
    private const int MaxTries = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly Argument<string> Amount = new("AMOUNT") { Description = "A decimal number with at most the currency's minor digits." };
    private static readonly Argument<string> Debtor = new("DEBTOR") { Description = "The account that pays." };
    private static readonly Argument<string> Creditor = new("CREDITOR") { Description = "The account that is paid." };
    private static readonly Option<string> Currency = new("--currency") { Description = "ISO 4217 code.", DefaultValueFactory = static _ => "USD" };
    private static readonly Option<string?> Remittance = new("--remittance") { Description = "Remittance information, at most 140 characters." };
    private static readonly Option<string?> IdempotencyKey = new("--idempotency-key") { Description = "One key, one payment: with a key that was used before, the first answer comes back. Default: a new one." };
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Ask for the decision only; nothing moves." };

    public static DescribedCommand Create()
    {
        var command = new DescribedCommand(
            "pay",
            "Submit one payment to the running server.",
            "./run pay 150.00 123456789 987654321",
            "./run pay 9.90 sandbox_0001 sandbox_0950 --remittance 'Invoice 12345' --json")
        {
            Amount, Debtor, Creditor, Currency, Remittance, IdempotencyKey, DryRun, ServerConnection.Url, ServerConnection.Key, Screen.JsonOption,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var screen = Screen.Of(parsed);
        using var server = ServerConnection.Of(parsed);
        var key = parsed.GetValue(IdempotencyKey) ?? $"pay-{Guid.NewGuid():N}";
        var path = parsed.GetValue(DryRun) ? "/payments?dryRun=true" : "/payments";
        var answer = await SendUntilKnown(server, path, Body(parsed), key, screen, cancellationToken);
        if (!answer.IsSuccess)
            throw answer.Refusal(server.Address);
        if (screen.IsJson)
            Screen.WriteJson(answer.Body);
        else
            Tell(screen, answer);
        return answer.Body.Text("status") == "rejected" ? ExitCode.Finding : ExitCode.Done;
    }

    private static async Task<ServerAnswer> SendUntilKnown(ServerConnection server, string path, byte[] body, string key, Screen screen, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            var wait = Patience;
            try
            {
                var answer = await server.Post(path, body, key, cancellationToken);
                if (!answer.MayAskAgain || tries == MaxTries)
                    return answer;
                wait = answer.RetryAfter ?? Patience;
                screen.Note($"The server answers {answer.Status}; asking again with the same key ({key}).");
            }
            catch (HttpRequestException exception) when (tries == 1 && ServerConnection.IsRefused(exception))
            {
                throw server.Unreachable(exception);
            }
            catch (HttpRequestException exception) when (tries == MaxTries)
            {
                throw new CommandFailedException($"Whether the payment was made is not known: {exception.GetBaseException().Message} Ask again with --idempotency-key {key}.", inner: exception);
            }
            catch (HttpRequestException)
            {
                screen.Note($"The connection broke; asking again with the same key ({key}).");
            }

            await Task.Delay(wait, cancellationToken);
        }
    }

    private static byte[] Body(ParseResult parsed)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("amount", parsed.GetValue(Amount));
            json.WriteString("currency", parsed.GetValue(Currency));
            json.WriteString("debtorAccount", parsed.GetValue(Debtor));
            json.WriteString("creditorAccount", parsed.GetValue(Creditor));
            if (parsed.GetValue(Remittance) is { } remittance)
                json.WriteString("remittanceInfo", remittance);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Tell(Screen screen, ServerAnswer answer)
    {
        var payment = answer.Body;
        var status = payment.Text("status")!;
        var would = payment.Text("id") is null ? "would be " : "";
        screen.Line($"{EventText.Status(status, would + status)}  {payment.Text("amount")} {payment.Text("currency")} from {Escaped(payment, "debtorAccount")} to {Escaped(payment, "creditorAccount")}{(answer.Replayed ? "  [grey](the first answer to this key)[/]" : "")}");
        if (payment.TryGetProperty("reason", out var reason) && reason.ValueKind == JsonValueKind.Object)
            screen.Line($"  {reason.Text("code")} {Escaped(reason, "name")}: {Escaped(reason, "detail")} Try again: {reason.Text("retry")}.");
        if (payment.Text("id") is { } id)
            screen.Line($"  {id}  [grey]./run journey {id}[/]");
    }

    private static string Escaped(JsonElement element, string name) => (element.Text(name) ?? "").EscapeMarkup();
}
