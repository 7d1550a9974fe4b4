namespace Grains.Interfaces.Fraud.Client;

/// <summary>How a reader of the fraud stream stands with its server.</summary>
public enum FraudStreamState : byte
{
    Connected = 1,

    /// <summary>The connection ended or was silent; it comes back by itself, and misses nothing.</summary>
    Broken = 2,

    /// <summary>The server closed it because too many events waited to be read. It comes back by itself, and misses nothing.</summary>
    TooSlow = 3,

    /// <summary>Nothing answers, or not now; it keeps asking.</summary>
    Unreachable = 4,
}
