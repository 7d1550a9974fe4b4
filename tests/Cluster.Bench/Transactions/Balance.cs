namespace Cluster.Bench.Transactions;

/// <summary>What an account of the peer keeps: as in Microsoft's sample, with money from the start; and how many transfers it took part in, for the check.</summary>
[GenerateSerializer]
[Alias("bench.balance")]
public sealed record class Balance
{
    /// <summary>Minor units that every account begins with.</summary>
    public const long Start = 1_000_000_000;

    [Id(0)]
    public long Value { get; set; } = Start;

    [Id(1)]
    public long Transfers { get; set; }
}
