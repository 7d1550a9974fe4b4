using System.ComponentModel.DataAnnotations;

namespace Grains.Acquirers;

/// <summary>
/// How often and how much a merchant's cards may be charged in a minute, an hour and a day, before an authorization is declined here
/// and no acquirer asked. Nothing is limited unless it is said.
/// </summary>
public sealed class VelocityOptions
{
    /// <summary>Of one card, by its fingerprint.</summary>
    public VelocityLimits Card { get; set; } = new();

    /// <summary>From one address, where the cardholder's browser confirms.</summary>
    public VelocityLimits Ip { get; set; } = new();

    public VelocityLimits Customer { get; set; } = new();

    public VelocityLimits Merchant { get; set; } = new();

    internal IEnumerable<ValidationResult> Validate()
    {
        foreach (var windows in (VelocityLimits[])[Card, Ip, Customer, Merchant])
            foreach (var limit in (VelocityLimit[])[windows.PerMinute, windows.PerHour, windows.PerDay])
                if (limit.Count <= 0 || limit.Amount <= 0)
                    yield return new ValidationResult("A velocity limit is more than zero, or not given.", [nameof(AcquirerOptions.Velocity)]);
    }
}

public sealed class VelocityLimits
{
    public VelocityLimit PerMinute { get; set; } = new();

    public VelocityLimit PerHour { get; set; } = new();

    public VelocityLimit PerDay { get; set; } = new();
}

public sealed class VelocityLimit
{
    /// <summary>Authorizations; null for no limit.</summary>
    public long? Count { get; set; }

    /// <summary>Minor units, of each currency by itself; null for no limit.</summary>
    public long? Amount { get; set; }
}
