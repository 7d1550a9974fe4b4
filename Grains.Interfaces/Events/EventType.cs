namespace Grains.Interfaces.Events;

/// <summary>
/// What a row of the event log says happened. The number is stored and hashed: never reuse one. Names never change meaning.
/// </summary>
public enum EventType : byte
{
    PaymentSettled = 1,
    PaymentRejected = 2,

    /// <summary>Money came back from the creditor: on the original payment; the return is a payment of its own.</summary>
    PaymentReturned = 3,

    /// <summary>A pending transfer was made: money is held.</summary>
    PaymentHeld = 4,

    /// <summary>A pending transfer posted, in whole or part.</summary>
    PaymentReleased = 5,

    /// <summary>A pending transfer was voided or expired.</summary>
    PaymentVoided = 6,

    /// <summary>A rail or acquirer did not say what became of it: the outcome is unknown, and asked for until it is known.</summary>
    PaymentUnresolved = 7,

    AccountOpened = 20,
    AccountFrozen = 21,
    AccountUnfrozen = 22,
    AccountClosed = 23,
    AccountLimitsChanged = 24,
    AccountFunded = 25,
}

public static class EventTypeName
{
    /// <summary>The CloudEvents <c>type</c>.</summary>
    public static string Name(this EventType type) => type switch
    {
        EventType.PaymentSettled => "payment.settled",
        EventType.PaymentRejected => "payment.rejected",
        EventType.PaymentReturned => "payment.returned",
        EventType.PaymentHeld => "payment.held",
        EventType.PaymentReleased => "payment.released",
        EventType.PaymentVoided => "payment.voided",
        EventType.PaymentUnresolved => "payment.unresolved",
        EventType.AccountOpened => "account.opened",
        EventType.AccountFrozen => "account.frozen",
        EventType.AccountUnfrozen => "account.unfrozen",
        EventType.AccountClosed => "account.closed",
        EventType.AccountLimitsChanged => "account.limits_changed",
        EventType.AccountFunded => "account.funded",
    };

    /// <summary>Whether the event's subject is an account; otherwise it is a payment.</summary>
    public static bool IsOfAccount(this EventType type) => type >= EventType.AccountOpened;

    public static bool TryParse(string name, out EventType type)
    {
        foreach (var candidate in Enum.GetValues<EventType>())
        {
            if (candidate.Name() != name)
                continue;
            type = candidate;
            return true;
        }

        type = default;
        return false;
    }
}
