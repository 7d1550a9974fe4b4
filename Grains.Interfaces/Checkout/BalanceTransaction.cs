namespace Grains.Interfaces.Checkout;

/// <summary>One change of a merchant's balance. Minor units.</summary>
public sealed record BalanceTransaction
{
    public required string Id { get; init; }

    public string Object => "balance_transaction";

    public required long Amount { get; init; }

    /// <summary>Seconds since 1970, at midnight UTC, from which its net amount is available.</summary>
    public required long AvailableOn { get; init; }

    public string BalanceType => "payments";

    public required long Created { get; init; }

    public required string Currency { get; init; }

    public string? Description { get; init; }

    public decimal? ExchangeRate => null;

    public long Fee { get; init; }

    public IReadOnlyList<FeeDetail> FeeDetails { get; init; } = [];

    public long Net => checked(Amount - Fee);

    public required string ReportingCategory { get; init; }

    public required string Source { get; init; }

    /// <summary><c>pending</c> or <c>available</c>, at the time of reading.</summary>
    public required string Status { get; init; }

    public required string Type { get; init; }
}

public sealed record FeeDetail(long Amount, string Currency, string Description, string Type)
{
    public string? Application => null;
}

/// <summary>Net amounts of a balance in one currency that are not available yet, by the second from which they are.</summary>
public sealed record Maturing
{
    public required string Currency { get; init; }

    public IReadOnlyDictionary<long, long> NetByAvailableOn { get; init; } = new Dictionary<long, long>();
}

/// <summary>A merchant's balance: what can be paid out, and what cannot yet.</summary>
public sealed record MerchantBalance(IReadOnlyList<BalanceAmount> Available, IReadOnlyList<BalanceAmount> Pending)
{
    public string Object => "balance";

    public bool Livemode => false;
}

public sealed record BalanceAmount(long Amount, string Currency)
{
    public BalanceSources SourceTypes => new(Amount);
}

public sealed record BalanceSources(long Card);
