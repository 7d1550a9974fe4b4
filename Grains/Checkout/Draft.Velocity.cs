using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>Velocity is counted in memory, when the entry is queued: the charges in the ledger are what it is read back from.</summary>
internal sealed partial class Draft
{
    private readonly List<(string Attempt, Charging Charging, bool IsOver)> charged = [];

    /// <summary>Whether this authorization would be one too many for its card, address, customer or merchant.</summary>
    public bool IsTooFast(Attempt attempt, PaymentMethod method, string? customer) =>
        book.Velocity is { } velocity && velocity.IsExceeded(Charging(attempt, method, customer));

    public void BeginCharging(Attempt attempt, PaymentMethod method, string? customer)
    {
        if (book.Velocity is not null)
            charged.Add((attempt.Key, Charging(attempt, method, customer), false));
    }

    public void EndCharging(Attempt attempt, Charge charge)
    {
        if (book.Velocity is not null)
            charged.Add((attempt.Key, Checkout.Charging.Of(charge, new ChargeRecord(attempt.Acquirer, null, 0, attempt.ClientIp)), true));
    }

    private void ApplyCharging()
    {
        foreach (var (attempt, charging, isOver) in charged)
        {
            if (isOver)
                book.Velocity!.End(attempt, charging);
            else
                book.Velocity!.Begin(attempt, charging);
        }
    }

    private Charging Charging(Attempt attempt, PaymentMethod method, string? customer) =>
        new(method.Card.Fingerprint, attempt.ClientIp, customer, attempt.Currency, attempt.Amount, nowMs);
}
