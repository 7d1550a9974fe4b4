namespace Simulation;

/// <summary>What became of one plan.</summary>
/// <param name="Conflicts">Entries that a commit refused.</param>
/// <param name="Credited">Payments that another shard credited.</param>
/// <param name="GivenBack">Payments that another shard refused.</param>
/// <param name="Held">Payments that were held, and how they ended.</param>
/// <param name="Violation">What did not hold; null where everything did.</param>
internal sealed record RunResult(Plan Plan, string? Violation, ulong TraceHash, int Steps, int Commits, long Rows, int Answers, int Crashes, int Conflicts, int Credited, int GivenBack, HeldCounts Held, IReadOnlyList<string> LastLines);

/// <summary>Payments that were held, and how many of them an analyst released or refused, or time ended.</summary>
internal readonly record struct HeldCounts(int All, int Released, int Refused, int Expired)
{
    public static HeldCounts operator +(HeldCounts left, HeldCounts right) =>
        new(left.All + right.All, left.Released + right.Released, left.Refused + right.Refused, left.Expired + right.Expired);
}
