namespace Grains.Interfaces.Fraud;

/// <summary>What the fraud decision says of a payment. The number is stored: never reuse one.</summary>
public enum RiskOutcome : byte
{
    Approve = 1,

    /// <summary>An analyst is to look first: the money is held.</summary>
    Review = 2,
    Decline = 3,
}
