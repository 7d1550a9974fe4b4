namespace Grains.Interfaces.Fraud;

/// <summary>The alerts of a ledger: one grain, whose key is <see cref="Key"/>. A change ends only once it is durable.</summary>
public interface IFraudAlertsGrain
{
    /// <summary>Also the account under whose version and data key alerts are recorded. Stored: never change it.</summary>
    public const string Key = "system:alerts";

    /// <summary>Raises an alert. One of this number that was raised before stays as it is, and is the answer.</summary>
    Task<AlertAnswer> Raise(RaiseAlert command);

    /// <summary>Notes on an open alert that further accounts of its pattern were frozen. One that was closed stays as it is; those that are noted already change nothing.</summary>
    Task<AlertAnswer> Extend(ExtendAlert command);

    Task<AlertAnswer> Close(CloseAlert command);
}
