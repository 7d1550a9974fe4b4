using System.Globalization;

namespace Grains.Fraud.Model.Training;

/// <summary>Whether a ledger has been told enough to learn from, before anything is trained.</summary>
public static class EnoughLabels
{
    /// <summary>Frauds, and good payments, that must be known at the cut: so many for each of the three parts that a training takes.</summary>
    public const int Known = 3 * ModelTraining.MinFrauds;

    /// <summary>Frauds from the cut on, so that what the model is worth says something.</summary>
    public const int Unseen = ModelTraining.MinFrauds;

    /// <exception cref="InvalidDataException">It has too few; the message says how many there are, and how many are needed.</exception>
    public static void Require(LedgerTable history, TrainingRequest request)
    {
        var (table, labels) = (history.Table, history.Labels);
        var split = table.Rows == 0 ? null : TimeSplit.ByShare(table, request.UnseenShare, (long)request.LabelDelay.TotalMilliseconds);
        var (known, unseen) = split is null ? (0, 0) : (table.Positives(split.Known), table.Positives(split.Unseen));
        var good = split is null ? 0 : split.Known.Length - known;
        if (known >= Known && good >= Known && unseen >= Unseen)
            return;
        throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture,
            $"There are too few labels as of {history.At.UtcDateTime:u}. Of {table.Rows:N0} payments older than the label delay ({Days(request.LabelDelay)}) whose end is known, {labels.FraudByCase + labels.FraudByReturn:N0} were fraud: {known:N0} are known before the cut{Cut(split)}, where at least {Known} are needed, and {unseen:N0} come after it, where at least {Unseen} are. Good payments known before the cut: {good:N0} of at least {Known}. Not counted: {labels.Young:N0} younger payments, {labels.Unknown:N0} whose case is open or that were stopped without a label."));
    }

    private static string Days(TimeSpan delay) => delay.TotalDays >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{delay.TotalDays:0.##} days") : string.Create(CultureInfo.InvariantCulture, $"{delay.TotalHours:0.##} hours");

    private static string Cut(TimeSplit? split) => split is null ? "" : string.Create(CultureInfo.InvariantCulture, $" ({DateTimeOffset.FromUnixTimeMilliseconds(split.CutMs).UtcDateTime:u})");
}
