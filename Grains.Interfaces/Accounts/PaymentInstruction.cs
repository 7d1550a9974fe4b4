using Grains.Interfaces.Values;

namespace Grains.Interfaces.Accounts;

/// <summary>A validated credit transfer on our own ledger, on its way to the grain of its debtor.</summary>
public sealed record PaymentInstruction
{
    /// <summary>Whose key acts.</summary>
    public required long Tenant { get; init; }

    /// <summary>The debtor account, whose grain decides.</summary>
    public required AccountId Debtor { get; init; }

    public required CreditorFacts Creditor { get; init; }

    /// <summary>1 to <see cref="Money.MaxPaymentMinorUnits"/> minor units, in the currency of both accounts.</summary>
    public required Money Amount { get; init; }

    public required IdempotencyKey Key { get; init; }

    /// <summary>A hash of everything that the caller asked for, so that another body under the same key is told apart.</summary>
    public required UInt128 RequestHash { get; init; }

    /// <summary>How long the submitter waits for another shard, where that is longer than it would by itself.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>The caller's own UETR (UUIDv4); absent means one derived from the payment's id.</summary>
    public Guid? Uetr { get; init; }

    public PersonalFields Personal { get; init; } = PersonalFields.None;

    /// <summary>The request's place in its trace, as a W3C traceparent; null where nothing is recorded.</summary>
    public string? Trace { get; init; }
}

/// <summary>What the debtor's grain needs to know of the creditor, read before its turn. A later close is refused by the commit.</summary>
public sealed record CreditorFacts(AccountId Id, long Number, Currency Currency, bool Closed);

/// <summary>Money goes back from the creditor of a settled payment to its debtor: a payment of its own, decided by the first payment's creditor.</summary>
public sealed record ReturnInstruction
{
    public required long Tenant { get; init; }

    /// <summary>The payment whose money goes back.</summary>
    public required PaymentId Original { get; init; }

    /// <summary>Minor units of the original's currency; absent means all that has not been returned yet.</summary>
    public long? AmountMinorUnits { get; init; }

    /// <summary>The ISO 20022 external return reason code, four characters.</summary>
    public required string ReturnReason { get; init; }

    public required IdempotencyKey Key { get; init; }

    public required UInt128 RequestHash { get; init; }
}
