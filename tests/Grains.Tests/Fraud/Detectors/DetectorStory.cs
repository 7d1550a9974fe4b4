using Grains.Fraud.Detectors;
using Grains.Interfaces.Values;

namespace Grains.Tests.Fraud.Detectors;

/// <summary>A detector as it is delivered, but for what a test sets, and events that are told to it. Times are seconds, amounts whole dollars.</summary>
internal sealed class DetectorStory
{
    public const long Start = 1_700_000_000_000;

    private readonly DetectorKind kind;
    private readonly IDetector detector;
    private long rows = 1_000;

    public DetectorStory(DetectorKind kind, params (string Name, long Value)[] set)
    {
        this.kind = kind;
        var options = new DetectorOptions();
        foreach (var other in DetectorOptions.All)
            options.ByName[other.Name] = new DetectorSetting { IsEnabled = other.Name == kind.Name };
        foreach (var (name, value) in set)
            options.ByName[kind.Name].Parameters[name] = value;
        detector = Assert.Single(options.Active()).Detector;
    }

    /// <summary>What was found, in order.</summary>
    public List<DetectorFinding> Found { get; } = [];

    /// <summary>The row that each was found by.</summary>
    public List<long> Rows { get; } = [];

    /// <summary>A payment whose money arrived.</summary>
    public SeenPayment Pay(long debtor, long creditor, double second, long dollars, long openedSecond = -100_000_000, long device = 0, long address = 0, bool isPaid = true, long? row = null, Currency? currency = null) => Tell(new SeenPayment
    {
        Row = row ?? rows++,
        TimeMs = Ms(second),
        Payment = rows,
        Debtor = debtor,
        Creditor = creditor,
        CreditorOpenedAtMs = Ms(openedSecond),
        Amount = dollars * 100,
        Currency = currency ?? Currency.Usd,
        IsAttempt = true,
        IsPaid = isPaid,
        Device = device,
        Address = address,
    });

    public SeenPayment Tell(SeenPayment payment)
    {
        Note(detector.See(payment), payment.Row);
        return payment;
    }

    public void Try(long merchant, long card, double second, bool declined, long address = 9, long dollars = 1)
    {
        var row = rows++;
        Note(detector.See(new SeenCardTry(row, Ms(second), row, merchant, card, address, dollars * 100, Currency.Usd, declined)), row);
    }

    /// <summary>The one that was found first; its sentence.</summary>
    public DetectorFinding First(string text)
    {
        Assert.True(Found.Count > 0, $"{kind.Name} found nothing.");
        Assert.Equal(text, Found[0].Text);
        return Found[0];
    }

    private static long Ms(double second) => Start + (long)(second * 1_000);

    private void Note(DetectorFinding? finding, long row)
    {
        if (finding is null)
            return;
        Found.Add(finding);
        Rows.Add(row);
    }
}
