using Gateway.Problems;

namespace Gateway.OpenApi;

/// <summary>The operations of <c>/fraud/backtests</c>, for analysts.</summary>
internal static class BacktestOperations
{
    private const string SomeBacktest = "backtest_000000000000000000000000";

    public static IReadOnlyList<ApiOperation> All { get; } =
    [
        new("POST", "/fraud/backtests", "Fraud", "startBacktest", "Decide recorded payments again, by changed rules.")
        {
            Description = "Without changes every decision must come out as recorded. It runs behind the payments of this process, two at once, and is kept in its memory alone: a restart forgets it, and of more than 20 the oldest.",
            Key = Sandbox.SandboxSeed.AnalystKey, Status = 202, Answer = "Backtest", Body = "BacktestRequest",
            BodyExample = """{"from":"2026-01-01T00:00:00Z","rules":{"reviewAt":40,"rules":[{"name":"impossible_travel","mode":"published","parameters":{"max_speed_kmh":900}}]}}""",
            Errors = [ProblemCode.BacktestsRunning],
        },
        new("GET", "/fraud/backtests/{id}", "Fraud", "getBacktest", "Read how far a backtest is, and what it found once it is done.")
        {
            Key = Sandbox.SandboxSeed.AnalystKey, PathExample = SomeBacktest, NeedsObject = true, Answer = "Backtest",
        },
        new("GET", "/fraud/backtests/{id}/stream", "Fraud", "followBacktest", "Follow how far a backtest is as server-sent events, until it ends.")
        {
            Description = "Unnamed events, the backtest as `getBacktest` answers it on one `data` line, at most ten a second; the last one is no longer running.",
            Key = Sandbox.SandboxSeed.AnalystKey, PathExample = SomeBacktest + "/stream", NeedsObject = true, AnswerType = "text/event-stream",
        },
        new("DELETE", "/fraud/backtests/{id}", "Fraud", "cancelBacktest", "Stop a backtest; one that ended is forgotten.")
        {
            Description = "Answers how it stood.", Key = Sandbox.SandboxSeed.AnalystKey, PathExample = SomeBacktest, NeedsObject = true, Answer = "Backtest",
        },
    ];
}
