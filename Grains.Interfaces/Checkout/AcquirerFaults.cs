namespace Grains.Interfaces.Checkout;

/// <summary>Faults of the sandbox's acquirer that a test asks for. Read by every call; written by the sandbox's endpoint.</summary>
public sealed class AcquirerFaults
{
    private int silentPerThousand;
    private int delayMs;

    /// <summary>How many of a thousand calls get no answer, though they may have been done.</summary>
    public int SilentPerThousand
    {
        get => Volatile.Read(ref silentPerThousand);
        set => Volatile.Write(ref silentPerThousand, value);
    }

    /// <summary>How long each call takes in addition.</summary>
    public int DelayMs
    {
        get => Volatile.Read(ref delayMs);
        set => Volatile.Write(ref delayMs, value);
    }
}
