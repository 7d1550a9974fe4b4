using Grains.Interfaces.Fraud;

using Grains.Fraud;
using Grains.Fraud.Features;

namespace Grains.Tests.Fraud.Features;

/// <summary>The features of a payer as their contract words them: everything counted anew, in decimals.</summary>
internal sealed class NaiveHistory
{
    public List<PayerItem> Accepted { get; } = [];

    public List<(long Id, long TimeMs)> Rejected { get; } = [];

    public void Fill(FeatureVector vector, PayerAttempt attempt, long nowMs)
    {
        var major = attempt.Currency.Code == "JPY" ? 1 : 100;
        vector[Feature.Amount] = attempt.Amount;
        vector[Feature.AmountIsRound] = attempt.Amount > 0 && attempt.Amount % (100 * major) == 0 ? 1 : 0;
        vector[Feature.HourOfDay] = DateTimeOffset.FromUnixTimeMilliseconds(nowMs).Hour;
        vector[Feature.Rejected1Hour] = Rejected.Count(item => item.TimeMs <= nowMs && item.TimeMs > nowMs - 3_600_000);
        vector[Feature.Rejected24Hours] = Rejected.Count(item => item.TimeMs <= nowMs && item.TimeMs > nowMs - 86_400_000);
        (int Minutes, Feature Count, Feature Sum)[] windows =
        [
            (1, Feature.Count1Minute, Feature.Sum1Minute), (60, Feature.Count1Hour, Feature.Sum1Hour), (1_440, Feature.Count24Hours, Feature.Sum24Hours),
            (7 * 1_440, Feature.Count7Days, Feature.Sum7Days), (30 * 1_440, Feature.Count30Days, Feature.Sum30Days), (90 * 1_440, Feature.Count90Days, Feature.Sum90Days),
        ];
        foreach (var (minutes, count, sum) in windows)
            (vector[count], vector[sum]) = (Within(minutes, nowMs).Count, Within(minutes, nowMs).Sum(static item => item.Amount));

        var (day, month, quarter) = (Within(1_440, nowMs), Within(30 * 1_440, nowMs), Within(90 * 1_440, nowMs));
        vector[Feature.DistinctCounterparties24Hours] = day.DistinctBy(static item => item.Counterparty).Count();
        vector[Feature.DistinctCounterparties30Days] = month.DistinctBy(static item => item.Counterparty).Count();
        vector[Feature.ToCounterparty90Days] = quarter.Count(item => item.Counterparty == attempt.Counterparty);
        var near = day.Where(item => item.Amount >= 8_000 * major && item.Amount < 10_000 * major).ToList();
        (vector[Feature.NearThreshold24Hours], vector[Feature.NearThresholdSum24Hours]) = (near.Count, near.Sum(static item => item.Amount));
        if (attempt.Device != 0)
            vector[Feature.DeviceIsNew] = quarter.Any(item => item.Device == attempt.Device) ? 0 : 1;
        if (month.Count > 0)
            (vector[Feature.Average30Days], vector[Feature.Max30Days]) = (month.Sum(static item => item.Amount) / month.Count, month.Max(static item => item.Amount));
        if (month.Count > 1)
            vector[Feature.Deviation30Days] = Deviation(month);
        if (quarter.Count > 0)
            (vector[Feature.SinceLastMs], vector[Feature.SinceFirstMs]) = (nowMs - quarter[^1].TimeMs, nowMs - quarter[0].TimeMs);
        if (quarter.Count > 4)
            vector[Feature.RobustZ90DaysMilli] = RobustZ(quarter, attempt.Amount);
        if (attempt.Place is { } here && quarter.FindLast(static item => item.Place is not null) is { Place: { } there } last)
            (vector[Feature.TravelMetres], vector[Feature.TravelMs]) = (there.MetresTo(here), nowMs - last.TimeMs);
    }

    private static long Deviation(List<PayerItem> items)
    {
        var average = items.Sum(static item => (decimal)item.Amount) / items.Count;
        var variance = items.Sum(item => (item.Amount - average) * (item.Amount - average)) / items.Count;
        // The average was rounded at 28 digits: a variance that is a square must not come out under it.
        return (long)Math.Sqrt((double)Math.Round(variance, 6));
    }

    private static long RobustZ(List<PayerItem> items, long amount)
    {
        var newest = items.TakeLast(64).Select(static item => (decimal)item.Amount).ToList();
        var median = Median(newest);
        var deviation = Median(newest.Select(value => Math.Abs(value - median)));
        if (deviation == 0)
            deviation = Math.Max(1m, Math.Floor(median * 2 / 50) / 4);
        return (long)Math.Truncate(1_000 * (amount - median) / (1.4826m * deviation));
    }

    private static decimal Median(IEnumerable<decimal> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private List<PayerItem> Within(int minutes, long nowMs) =>
        [.. Accepted.Where(item => item.TimeMs <= nowMs && item.TimeMs > nowMs - (minutes * 60_000L)).OrderBy(static item => item.TimeMs).ThenBy(static item => item.Id)];
}
