using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;

namespace Grains.Fraud.Features;

/// <summary>
/// What one payer did: the accepted payments of 90 days, the newest 1,024 at most, and the rejected attempts of a day. Feeds the
/// features of the payer's own behaviour; <c>docs/fraud-features.md</c> is their contract. One thread at a time; no clock of its own.
/// It is the set of what was accepted and not removed, in order of time, then id: the order of the calls does not matter, so a
/// history that is read from the log again is the same. One currency: a payer who pays in several has a history for each.
/// </summary>
public sealed class PayerHistory
{
    /// <summary>Payments that count, the newest.</summary>
    public const int MaxItems = 1_024;

    // Kept beyond those that count, so that the removal of a newer one leaves no gap.
    private const int Spare = 64;

    // A day beyond the longest window, for a clock that goes back.
    private const long KeptMs = WindowMs.Quarter + WindowMs.Day;

    private PayerWindows? windows;
    private RejectedAttempts? rejected;
    private Dictionary<long, string>? placeNames;
    private long highestId = long.MinValue;

    /// <summary>When the newest accepted payment was decided; 0 without one.</summary>
    public long LatestMs => windows is { Items.Count: > 0 and var count } ? windows.Items[count - 1].TimeMs : 0;

    /// <summary>Where the last payment with a place was made, as the last <see cref="Fill"/> saw it.</summary>
    public PlaceMicrodegrees? LastPlace { get; private set; }

    /// <summary>An accepted payment; one that is known already changes nothing. It may be late: it counts from its own time on.</summary>
    public void Accept(in PayerItem item)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(item.Amount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(item.Amount, Money.MaxPaymentMinorUnits);
        windows ??= new PayerWindows();
        if (item.Id <= highestId && windows.Items.IndexOf(item.Id) >= 0)
            return;
        highestId = Math.Max(highestId, item.Id);
        windows.Add(new PaidItem(item));
        if (item.Place?.Name is { } name)
            (placeNames ??= [])[item.Id] = name;
        while (windows.Items.Count > MaxItems + Spare || windows.Items[0].TimeMs <= windows.Items[windows.Items.Count - 1].TimeMs - KeptMs)
        {
            placeNames?.Remove(windows.Items[0].Id);
            windows.Remove(0);
        }
    }

    /// <summary>A rejected attempt; one that is known already changes nothing.</summary>
    public void Reject(long id, long timeMs)
    {
        (rejected ??= new RejectedAttempts()).Add(id, timeMs);
    }

    /// <summary>What was accepted or rejected counts no more: a held payment was refused, or one never committed.</summary>
    /// <returns>False where it was not there.</returns>
    public bool Remove(long id)
    {
        if (windows?.Items.IndexOf(id) is >= 0 and var index)
        {
            windows.Remove(index);
            placeNames?.Remove(id);
            return true;
        }

        return rejected?.Remove(id) == true;
    }

    /// <summary>Writes every feature of the payer's own behaviour, as of a time, for a payment that is not in the history.</summary>
    public void Fill(FeatureVector vector, in PayerAttempt attempt, long nowMs)
    {
        var major = NearThreshold.Major(attempt.Currency);
        vector[Feature.Amount] = attempt.Amount;
        vector[Feature.AmountIsRound] = attempt.Amount > 0 && attempt.Amount % (100 * major) == 0 ? 1 : 0;
        vector[Feature.HourOfDay] = nowMs / WindowMs.Hour % 24;
        vector[Feature.Rejected1Hour] = rejected?.Within(WindowMs.Hour, nowMs) ?? 0;
        vector[Feature.Rejected24Hours] = rejected?.Within(WindowMs.Day, nowMs) ?? 0;
        LastPlace = null;
        if (windows is null)
        {
            FillNothing(vector, attempt);
            return;
        }

        windows.MoveTo(nowMs, major);
        windows.Fill(vector, attempt, nowMs);
        FillTravel(vector, attempt, nowMs, windows);
    }

    private static void FillNothing(FeatureVector vector, in PayerAttempt attempt)
    {
        for (var feature = Feature.Count1Minute; feature <= Feature.Sum90Days; feature++)
            vector[feature] = 0;
        for (var feature = Feature.Average30Days; feature <= Feature.RobustZ90DaysMilli; feature++)
            vector[feature] = FeatureVector.Missing;
        for (var feature = Feature.DistinctCounterparties24Hours; feature <= Feature.ToCounterparty90Days; feature++)
            vector[feature] = 0;
        (vector[Feature.SinceLastMs], vector[Feature.SinceFirstMs]) = (FeatureVector.Missing, FeatureVector.Missing);
        (vector[Feature.NearThreshold24Hours], vector[Feature.NearThresholdSum24Hours]) = (0, 0);
        (vector[Feature.TravelMetres], vector[Feature.TravelMs]) = (FeatureVector.Missing, FeatureVector.Missing);
        vector[Feature.DeviceIsNew] = attempt.Device == 0 ? FeatureVector.Missing : 1;
    }

    private void FillTravel(FeatureVector vector, in PayerAttempt attempt, long nowMs, PayerWindows known)
    {
        (vector[Feature.TravelMetres], vector[Feature.TravelMs]) = (FeatureVector.Missing, FeatureVector.Missing);
        if (attempt.Place is not { } here || known.LastPlaced() is not { } last)
            return;
        var there = known.Items[last].Place(placeNames?.GetValueOrDefault(known.Items[last].Id));
        LastPlace = there;
        vector[Feature.TravelMetres] = there.MetresTo(here);
        vector[Feature.TravelMs] = nowMs - known.Items[last].TimeMs;
    }
}
