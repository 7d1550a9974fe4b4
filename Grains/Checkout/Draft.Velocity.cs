using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>Velocity is counted in memory, when the entry is queued: the charges in the ledger are what it is read back from.</summary>
internal sealed partial class Draft
{
    private readonly List<Action<CardVelocity>> charged = [];

    /// <summary>Whether this authorization would be one too many for its card, address, customer or merchant.</summary>
    public bool IsTooFast(Attempt attempt, PaymentMethod method, string? customer) =>
        book.Velocity is { } velocity && velocity.IsExceeded(Charging(attempt, method, customer));

    /// <summary>Whether this check would be one too many.</summary>
    public bool IsTooFast(Charging check) => book.Velocity is { } velocity && velocity.IsExceeded(check);

    /// <summary>Counts a check.</summary>
    public void Check(Charging check) => charged.Add(velocity => velocity.Add(check));

    public void BeginCharging(Attempt attempt, PaymentMethod method, string? customer)
    {
        if (book.Velocity is null)
            return;
        var charging = Charging(attempt, method, customer);
        charged.Add(velocity => velocity.Begin(attempt.Key, charging));
    }

    /// <summary>A payment goes on with another attempt, after its challenge: it counts once.</summary>
    public void ContinueCharging(string before, Attempt attempt) => charged.Add(velocity => velocity.Continue(before, attempt.Key));

    public void EndCharging(Attempt attempt, Charge charge)
    {
        if (book.Velocity is null)
            return;
        var charging = Checkout.Charging.Of(charge, new ChargeRecord(attempt.Acquirer, null, 0, attempt.ClientIp));
        charged.Add(velocity => velocity.End(attempt.Key, charging));
    }

    private void ApplyCharging()
    {
        if (book.Velocity is { } velocity)
            foreach (var change in charged)
                change(velocity);
    }

    private Charging Charging(Attempt attempt, PaymentMethod method, string? customer) =>
        new(method.Card.Fingerprint, attempt.ClientIp, customer, attempt.Currency, attempt.Amount, nowMs);
}
