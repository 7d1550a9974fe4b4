namespace Simulation;

/// <summary>What became of one plan.</summary>
/// <param name="Conflicts">Entries that a commit refused.</param>
/// <param name="Credited">Payments that another shard credited.</param>
/// <param name="GivenBack">Payments that another shard refused.</param>
/// <param name="Violation">What did not hold; null where everything did.</param>
internal sealed record RunResult(Plan Plan, string? Violation, ulong TraceHash, int Steps, int Commits, long Rows, int Answers, int Crashes, int Conflicts, int Credited, int GivenBack, IReadOnlyList<string> LastLines);
