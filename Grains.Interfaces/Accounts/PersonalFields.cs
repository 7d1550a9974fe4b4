namespace Grains.Interfaces.Accounts;

/// <summary>
/// What a payment says about people: sealed under the debtor's data key wherever it is stored (the creditor's name under the
/// creditor's), opened only in an answer or a stream to a caller who may see it. The caller's own identifiers stand here too,
/// since one number in ten passes for a card number.
/// </summary>
public sealed record PersonalFields
{
    public static PersonalFields None { get; } = new();

    /// <summary>Free text for the creditor, at most 140 characters.</summary>
    public string? RemittanceInfo { get; init; }

    /// <summary>The debtor's own reference, at most 35 characters; absent means the payment's id.</summary>
    public string? EndToEndId { get; init; }

    public string? DebtorName { get; init; }

    public string? CreditorName { get; init; }

    public string? Purpose { get; init; }

    public Place? Location { get; init; }

    public string? IpAddress { get; init; }

    public string? DeviceId { get; init; }

    /// <summary>At most 50 pairs, keys at most 40 characters, values at most 500.</summary>
    public IReadOnlyList<MetadataPair>? Metadata { get; init; }
}

/// <summary>A place in WGS 84 degrees, kept as decimal text exactly as given (no floating point).</summary>
public sealed record Place(decimal Latitude, decimal Longitude, string? Name);

public sealed record MetadataPair(string Key, string Value);
