using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Grains.Fraud.Model.Training;

namespace Silo.Embedded.Commands.Fraud;

/// <summary>What a training may be told on the command line.</summary>
internal static class TrainOptions
{
    private const int MaxDelayDays = 365;

    private static readonly TimeSpan StandardDelay = TimeSpan.FromDays(7);

    public static readonly Option<string?> Csv = new("--csv") { Description = "Labelled card payments, plain or .gz, in place of the ledger's own history.", HelpName = "FILE" };

    public static readonly Option<string?> Out = new("--out") { Description = "Where the model file goes. [default: models in the data directory, where the server looks; with --csv ./models]", HelpName = "DIRECTORY" };

    public static readonly Option<DateTimeOffset?> At = new("--at")
    {
        Description = "As of when the ledger is read: later words are not known. [default: the time of its newest row]",
        HelpName = "TIME",
        CustomParser = BacktestCommand.Time,
    };

    public static readonly Option<DateTimeOffset?> From = new("--from") { Description = "The ledger's payments from this time on. [default: the beginning]", HelpName = "TIME", CustomParser = BacktestCommand.Time };

    private static readonly Option<TimeSpan?> LabelDelay = new("--label-delay")
    {
        Description = $"How long after a payment it is known whether it was fraud, up to {MaxDelayDays}d; younger ones train nothing, and who is silent so long calls it good. [default: {StandardDelay.TotalDays}d]",
        HelpName = "DAYSd|HOURSh",
        CustomParser = Delay,
    };

    private static readonly Option<int> Unseen = Whole("--unseen", "Share of the payments, the last ones, that train nothing and are what the metrics are of, in percent.", "PERCENT", 33, 90);

    private static readonly Option<int> ReviewAt = Whole("--review-at", "The probability of fraud, in percent, at which the model alone has a payment reviewed.", "PERCENT", 20, 98);

    private static readonly Option<int> DeclineAt = Whole("--decline-at", "The same for declining it; above --review-at.", "PERCENT", 95, 99);

    private static readonly Option<int> Seed = Whole("--seed", "By which rows and columns are drawn: the same data and seed give the same file.", "NUMBER", 1, int.MaxValue);

    public static IReadOnlyList<Option> All { get; } = [Csv, DataDirectory.Option, LedgerPlace.Option, At, From, LabelDelay, Unseen, Seed, ReviewAt, DeclineAt, Out, Screen.JsonOption];

    /// <exception cref="CommandFailedException">Options contradict each other.</exception>
    public static TrainingRequest Request(ParseResult parsed)
    {
        var (review, decline) = (parsed.GetValue(ReviewAt), parsed.GetValue(DeclineAt));
        if (review >= decline)
            throw new CommandFailedException($"--review-at {review} is not below --decline-at {decline}.", ExitCode.Usage);
        if (parsed.GetValue(Csv) is not null && new Option[] { At, From, DataDirectory.Option }.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } ledgers)
            throw new CommandFailedException($"{ledgers.Name} is of the ledger's history: give it, or --csv.", ExitCode.Usage);
        const int ppm = 10_000;
        // A third is not a whole number of percent: it is what is meant where nothing is said.
        var unseen = parsed.GetResult(Unseen) is { Implicit: false } ? parsed.GetValue(Unseen) / 100.0 : 1.0 / 3;
        return new TrainingRequest
        {
            LabelDelay = parsed.GetValue(LabelDelay) ?? StandardDelay,
            UnseenShare = unseen,
            Boosting = new BoostingParameters { Seed = parsed.GetValue(Seed) },
            Points = new PointsParameters(review * ppm, decline * ppm),
        };
    }

    /// <summary>Where the model file goes.</summary>
    public static string Directory(ParseResult parsed) =>
        parsed.GetValue(Out) ?? (parsed.GetValue(Csv) is null ? Path.Combine(parsed.GetValue(DataDirectory.Option)!, ModelDirectory.Name) : "./" + ModelDirectory.Name);

    private static Option<int> Whole(string name, string description, string form, int standard, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = form, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1 || number > most))
                result.AddError($"{name} is a whole number from 1 to {most}.");
        });
        return option;
    }

    private static TimeSpan? Delay(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.Length > 1 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MaxDelayDays * 24)
        {
            var delay = text[^1] switch { 'd' => TimeSpan.FromDays(count), 'h' => TimeSpan.FromHours(count), _ => TimeSpan.MaxValue };
            if (delay <= TimeSpan.FromDays(MaxDelayDays))
                return delay;
        }

        result.AddError($"--label-delay is a number of days or hours such as 7d or 36h, up to {MaxDelayDays}d.");
        return null;
    }
}
