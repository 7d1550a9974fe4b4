namespace Simulation;

/// <summary>What became of one plan.</summary>
/// <param name="Violation">What did not hold; null where everything did.</param>
internal sealed record RunResult(Plan Plan, string? Violation, ulong TraceHash, int Steps, int Commits, long Rows, int Answers, IReadOnlyList<string> LastLines);
