using Grains.Accounts;
using Grains.Acquirers;
using Grains.Interfaces.Accounts;
using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>An authorization as velocity sees it.</summary>
/// <param name="Card">The card's fingerprint.</param>
internal sealed record Charging(string Card, string? Ip, string? Customer, string Currency, long Amount, long TimeMs)
{
    public static Charging Of(Charge charge, ChargeRecord record) =>
        new(charge.PaymentMethodDetails.Card.Fingerprint, record.ClientIp, charge.Customer, charge.Currency, charge.Amount, charge.Created * 1_000);

    /// <summary>A check takes nothing, and is counted: whoever tries out stolen cards checks them.</summary>
    public static Charging Of(CardCheck check, string? customer) => new(check.Card, check.ClientIp, customer, "usd", 0, check.AtMs);
}

/// <summary>
/// What a merchant's cards were charged lately, by card, address, customer and in all. An authorization or a check counts from its
/// beginning, whatever its answer is; after a restart those authorizations count that came to a charge.
/// </summary>
internal sealed class CardVelocity
{
    /// <summary>Remembered windows; beyond it, those that are empty are forgotten.</summary>
    private const int Capacity = 50_000;

    private static readonly (string Name, long LengthMs)[] Lengths = [("perMinute", 60_000), ("perHour", 3_600_000), ("perDay", 86_400_000)];

    private readonly VelocityOptions options;
    private readonly Dictionary<string, VelocityWindow[]> windows = [];
    private readonly HashSet<string> begun = [];

    private CardVelocity(VelocityOptions options) => this.options = options;

    /// <summary>How far back a charge still counts.</summary>
    public static long LongestMs => Lengths[^1].LengthMs;

    /// <summary>Null where nothing is limited.</summary>
    public static CardVelocity? Under(VelocityOptions options)
    {
        var velocity = new CardVelocity(options);
        var any = new Charging("", "", "", "", 0, 0);
        return velocity.Scopes(any).Any(static scope => Limits(scope.Limits, ofCount: true).Length + Limits(scope.Limits, ofCount: false).Length > 0) ? velocity : null;
    }

    /// <summary>Whether one more is one too many, or too much.</summary>
    public bool IsExceeded(Charging charging) => Windows(charging).Any(window => window.IsExceeded(charging.TimeMs, charging.Amount));

    /// <summary>Counts an authorization that begins.</summary>
    public void Begin(string attempt, Charging charging)
    {
        if (begun.Count > Capacity)
            begun.Clear();
        if (begun.Add(attempt))
            Add(charging);
    }

    /// <summary>What began goes on under another attempt.</summary>
    public void Continue(string before, string attempt)
    {
        if (begun.Remove(before))
            begun.Add(attempt);
    }

    /// <summary>Its charge is there: it counts, though its beginning was forgotten.</summary>
    public void End(string attempt, Charging charging)
    {
        if (!begun.Remove(attempt))
            Add(charging);
    }

    public void Add(Charging charging)
    {
        if (windows.Count > Capacity)
            foreach (var (name, _) in windows.Where(entry => entry.Value.All(window => window.Use(charging.TimeMs).Count == 0)).ToArray())
                windows.Remove(name);
        foreach (var window in Windows(charging))
            window.Add(charging.TimeMs, charging.Amount);
    }

    public void Forget()
    {
        windows.Clear();
        begun.Clear();
    }

    private IEnumerable<VelocityWindow> Windows(Charging charging)
    {
        foreach (var (name, limits) in Scopes(charging))
        {
            foreach (var window in Find(name, limits, ofCount: true))
                yield return window;
            foreach (var window in Find($"{name}/{charging.Currency}", limits, ofCount: false))
                yield return window;
        }
    }

    private VelocityWindow[] Find(string name, VelocityLimits limits, bool ofCount)
    {
        if (windows.TryGetValue(name, out var known))
            return known;
        var made = Limits(limits, ofCount);
        if (made.Length > 0)
            windows.Add(name, made);
        return made;
    }

    private IEnumerable<(string Name, VelocityLimits Limits)> Scopes(Charging charging)
    {
        yield return ("card:" + charging.Card, options.Card);
        if (charging.Ip is not null)
            yield return ("ip:" + charging.Ip, options.Ip);
        if (charging.Customer is not null)
            yield return ("customer:" + charging.Customer, options.Customer);
        yield return ("merchant", options.Merchant);
    }

    private static VelocityWindow[] Limits(VelocityLimits limits, bool ofCount)
    {
        var found = new List<VelocityWindow>();
        foreach (var ((name, length), limit) in Lengths.Zip([limits.PerMinute, limits.PerHour, limits.PerDay]))
            if ((ofCount ? limit.Count : limit.Amount) is { } most)
                found.Add(new VelocityWindow(name, length, ofCount ? new WindowLimit(most, null) : new WindowLimit(null, most)));
        return [.. found];
    }
}
