using Grains.Interfaces.Fraud;

namespace Gateway.Fraud;

/// <summary>An event of the fraud stream: rendered once for all of its readers, with what their filters look at.</summary>
/// <param name="Type">As its envelope has it.</param>
/// <param name="Json">Its envelope, on one line.</param>
internal sealed record FraudStreamEvent(int Shard, long Position, string Type, string Subject, ReadOnlyMemory<byte> Json)
{
    /// <summary>The debtor of its payment; of a case, the account that was to pay, or the merchant of its card payment. Empty where it is of none.</summary>
    public string Debtor { get; init; } = "";

    /// <summary>Of a card payment its intent, beside the charge that is its subject; empty otherwise.</summary>
    public string Intent { get; init; } = "";

    /// <summary>The creditor of its payment, of a card payment its merchant; empty where it is of none.</summary>
    public string Creditor { get; init; } = "";

    /// <summary>The accounts that an alert names; none for other events.</summary>
    public IReadOnlyList<string> Named { get; init; } = [];

    /// <summary>Of a payment's first event; null where no decision was made.</summary>
    public RiskDecision? Decision { get; init; }
}
