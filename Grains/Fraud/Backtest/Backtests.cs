using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Grains.Fraud.Rules;
using Grains.Interfaces.Fraud.Backtest;
using Ledger;
using Ledger.Sealing;
using Ledger.Shards;

namespace Grains.Fraud.Backtest;

/// <summary>Replays beside the payments of this process: few at a time, and resting as long as they worked.</summary>
/// <param name="desk">Null where risk is not judged: then by the rules as delivered.</param>
/// <param name="past">The rule set of a version before the one in force; null where it is not known any more.</param>
public sealed class Backtests(LedgerShards shards, MasterKey masterKey, RiskDesk? desk, Func<int, Task<RuleSet?>> past, TimeProvider machine) : IAsyncDisposable
{
    /// <summary>At once.</summary>
    public const int MostRunning = 2;

    /// <summary>Remembered, those that run too; beyond it the oldest that ended is forgotten.</summary>
    public const int MostKept = 20;

    private const int IdBytes = 12;

    private readonly Lock gate = new();
    private readonly List<Job> jobs = [];
    private bool isClosed;

    /// <param name="by">Who asks: the label of the key.</param>
    /// <param name="rules">What <see cref="RuleChangesReader"/> reads; null for no change.</param>
    public BacktestStart Start(string by, BacktestRange range, JsonElement? rules)
    {
        var set = desk?.Rules ?? FraudRules.Default();
        var changes = RuleChanges.None;
        if (rules is { } json)
        {
            var (read, errors) = RuleChangesReader.Read(json);
            if (read is null)
                return new BacktestStart(null, errors);
            changes = read;
        }

        if (changes.FaultOn(set) is { } fault)
            return new BacktestStart(null, [new RulesError("reviewAt", fault)]);
        var plan = BacktestPlan.Of(set, desk?.Model, changes, range);
        lock (gate)
        {
            if (isClosed || jobs.Count(static job => job.IsRunning) >= MostRunning)
                return new BacktestStart(null, []);
            if (jobs.Count >= MostKept)
                Forget(jobs.Find(static job => !job.IsRunning)!);
            var started = new Job("backtest_" + RandomNumberGenerator.GetHexString(2 * IdBytes, lowercase: true), by, machine.GetUtcNow());
            jobs.Add(started);
            started.Work = Task.Run(() => Work(started, plan, set));
            return new BacktestStart(started.State, []);
        }
    }

    /// <summary>Null where there is none of this id, or no more.</summary>
    public BacktestState? Find(string id)
    {
        lock (gate)
            return jobs.Find(job => job.State.Id == id)?.State;
    }

    /// <summary>Stops one that runs; one that ended is forgotten. False where there is none.</summary>
    public bool Cancel(string id)
    {
        lock (gate)
        {
            if (jobs.Find(job => job.State.Id == id) is not { } job)
                return false;
            if (job.IsRunning)
                job.Stop.Cancel();
            else
                Forget(job);
            return true;
        }
    }

    /// <summary>Stops all; ends once none reads any more.</summary>
    public async ValueTask DisposeAsync()
    {
        Job[] all;
        lock (gate)
        {
            isClosed = true;
            all = [.. jobs];
            jobs.Clear();
        }

        foreach (var job in all)
        {
            if (job.IsRunning)
                await job.Stop.CancelAsync();
            await job.Work;
            job.Dispose();
        }
    }

    private void Forget(Job job)
    {
        jobs.Remove(job);
        job.Dispose();
    }

    private async Task Work(Job job, BacktestPlan plan, RuleSet inForce)
    {
        var watch = Stopwatch.StartNew();
        async Task Rest(CancellationToken cancellationToken)
        {
            await Task.Delay(watch.Elapsed, cancellationToken);
            watch.Restart();
        }

        try
        {
            var before = new Dictionary<int, RuleSet>();
            for (var version = 1; version < inForce.Version; version++)
            {
                job.Stop.Token.ThrowIfCancellationRequested();
                if (await past(version) is { } set)
                    before.Add(version, set);
            }

            plan = plan with { RulesOf = version => version == inForce.Version ? inForce : before.GetValueOrDefault(version) };
            using var run = new BacktestRun([.. shards.Writers.Select(static writer => new RunningDecisionLog(writer))], masterKey, plan, job, Rest);
            var report = await run.Run(job.Stop.Token);
            job.End(state => state with { Status = BacktestStatus.Done, Report = report });
        }
        catch (OperationCanceledException)
        {
            job.End(static state => state with { Status = BacktestStatus.Canceled });
        }
        catch (Exception exception) when (exception is InvalidDataException or CryptographicException or LedgerStoreException or LedgerDamagedException)
        {
            job.End(state => state with { Status = BacktestStatus.Failed, Error = exception.Message });
        }
        finally
        {
            // A bug of ours is thrown on, and nobody waits for its end.
            if (job.IsRunning)
                job.End(static state => state with { Status = BacktestStatus.Failed, Error = "It ended unexpectedly: the server's log says why." });
        }
    }

    private sealed class Job(string id, string by, DateTimeOffset at) : IProgress<BacktestProgress>, IDisposable
    {
        private volatile BacktestState state = new(id, BacktestStatus.Running, by, at, 0, 0, null, null);

        public CancellationTokenSource Stop { get; } = new();

        public Task Work { get; set; } = Task.CompletedTask;

        public BacktestState State => state;

        public bool IsRunning => state.Status == BacktestStatus.Running;

        public void Report(BacktestProgress value) => state = state with { RowsDone = value.Done, RowsTotal = value.Total };

        // Its own work alone writes the state.
        public void End(Func<BacktestState, BacktestState> how) => state = how(state);

        public void Dispose() => Stop.Dispose();
    }
}
