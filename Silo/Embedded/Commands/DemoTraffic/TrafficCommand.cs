using System.CommandLine;

namespace Silo.Embedded.Commands.DemoTraffic;

/// <summary>Demo traffic over the sandbox's accounts.</summary>
internal static class TrafficCommand
{
    private const int MaxRate = 5_000;

    private static readonly Option<int> Rate = Bounded("--rate", "Requests a second.", 20, 1, MaxRate);
    private static readonly Option<int> Seconds = Bounded("--seconds", "How long; 0 is until Ctrl+C.", 60, 0, int.MaxValue);
    private static readonly Option<bool> Fraud = new("--fraud") { Description = "With places, devices and fraud in it: impossible travel, bursts, mules, structuring, and cards tested at the sandbox's merchant." };
    private static readonly Option<int?> Seed = new("--seed") { Description = "The same seed makes the same payments. Default: another one each time." };

    public static DescribedCommand Create()
    {
        var command = new DescribedCommand(
            "traffic",
            "Send believable demo traffic to the running sandbox: people paying merchants, declines, repeats, returns.",
            "./run traffic --rate 50",
            "./run traffic --fraud --rate 50",
            "./run traffic --rate 200 --seconds 10 --json")
        {
            Rate, Seconds, Fraud, Seed, ServerConnection.Url, ServerConnection.Key, Screen.JsonOption,
        };
        command.SetAction(Run);
        return command;
    }

    private static async Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var screen = Screen.Of(parsed);
        using var server = ServerConnection.Of(parsed, TrafficSource.MaxInFlight);
        var meter = new TrafficMeter();
        var random = new Random(parsed.GetValue(Seed) ?? Environment.TickCount);
        var withFraud = parsed.GetValue(Fraud);
        IDemoStory story = withFraud ? new DemoFraud(random) : new DemoPayments(random);
        var source = new TrafficSource(server, story, meter, parsed.GetValue(Rate), parsed.GetValue(Seconds));
        await source.CheckAccounts(cancellationToken);
        if (withFraud)
            await source.Fund(DemoFraud.RichAccount, "1000000.00", cancellationToken);
        await TrafficDisplay.Show(screen, meter, parsed.GetValue(Rate), withFraud, withFraud ? WithCards(parsed, source, meter, cancellationToken) : source.Run(cancellationToken));
        var summary = meter.Summary();
        if (screen.IsJson)
            Screen.WriteJson(summary);
        else
            TrafficDisplay.Tell(screen, summary, withFraud);
        return summary.Failed == 0 && summary.WrongRepeats == 0 ? ExitCode.Done : ExitCode.Finding;
    }

    // Cards are tried while payments go on.
    private static async Task WithCards(ParseResult parsed, TrafficSource source, TrafficMeter meter, CancellationToken cancellationToken)
    {
        using var tester = new CardTester(parsed.GetValue(ServerConnection.Url)!, meter);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var trying = tester.Run(end.Token);
        try
        {
            await source.Run(cancellationToken);
        }
        finally
        {
            await end.CancelAsync();
            await trying;
        }
    }

    private static Option<int> Bounded(string name, string description, int standard, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var value) && (value < least || value > most))
                result.AddError($"{name}: {least} to {most}.");
        });
        return option;
    }
}
