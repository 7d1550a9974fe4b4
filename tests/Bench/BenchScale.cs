namespace Bench;

/// <summary>How much is measured. A round is one measurement of every contender of a stage.</summary>
internal sealed record BenchScale
{
    public static BenchScale Full { get; } = new()
    {
        Rounds = 7,
        PairRounds = 7,
        EnginePayments = 200_000,
        WarmUpPasses = 8,
        WarmUpPayments = 50_000,
        HistoryPayments = 5_000_000,
        PostgresHistoryPayments = 10_000_000,
        HttpTime = TimeSpan.FromSeconds(3),
        LatencyTime = TimeSpan.FromSeconds(5),
        PeerTime = TimeSpan.FromSeconds(3),
        BatchRequests = 100,
        WithoutBars = true,
    };

    /// <summary>The suites of <see cref="Suites.Quick"/> in under 45 seconds.</summary>
    public static BenchScale Quick { get; } = new()
    {
        Rounds = 5,
        PairRounds = 7,
        EnginePayments = 12_000,
        WarmUpPasses = 3,
        WarmUpPayments = 10_000,
        HistoryPayments = 500_000,
        PostgresHistoryPayments = 1_000_000,
        HttpTime = TimeSpan.FromMilliseconds(250),
        LatencyTime = TimeSpan.FromMilliseconds(250),
        PeerTime = TimeSpan.FromMilliseconds(160),
        // As many payments as a round of the engine, which ends before its first collection of garbage: twice as many met two.
        BatchRequests = 12,
    };

    public const int Accounts = 10_000;
    public const int EngineInFlight = 1_024;
    public const int PeerClients = 64;
    public const int HttpConnections = 64;
    public const int BatchConnections = 4;
    public const int BatchItems = 1_000;

    /// <summary>Batches of one pass of the warm-up.</summary>
    public const int WarmUpBatches = 12;

    public required int Rounds { get; init; }

    /// <summary>
    /// Rounds of two engines, or ways to one, that differ little: a quick round is a fifth of a second, in which a shared machine is
    /// now slower, now faster by more than that.
    /// </summary>
    public required int PairRounds { get; init; }

    public required int EnginePayments { get; init; }

    /// <summary>The most passes of a warm-up.</summary>
    public required int WarmUpPasses { get; init; }

    /// <summary>Payments of one pass of the warm-up.</summary>
    public required int WarmUpPayments { get; init; }

    public required int HistoryPayments { get; init; }

    public required int PostgresHistoryPayments { get; init; }

    public required TimeSpan HttpTime { get; init; }

    public required TimeSpan LatencyTime { get; init; }

    public required TimeSpan PeerTime { get; init; }

    /// <summary>Requests of <see cref="BatchItems"/> payments a round.</summary>
    public required int BatchRequests { get; init; }

    /// <summary>Whether comparisons that have no bar are measured, too.</summary>
    public bool WithoutBars { get; init; }
}
