using System.Security.Cryptography;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Fraud.Backtest;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Sealing;

namespace Grains.Fraud.Backtest;

/// <summary>How far a replay is, in rows of the log that it reads.</summary>
public readonly record struct BacktestProgress(long Done, long Total);

/// <summary>
/// One replay over the logs of all shards, up to where they end as it begins. Each is read twice: for the labels, which analysts give
/// later than payments are judged, and for the decisions. It changes nothing.
/// </summary>
public sealed class BacktestRun : IDisposable
{
    /// <summary>Rows stand in order of commit; by time they may be off by as long as a decision takes to commit.</summary>
    private const long TimeSlackMs = 300_000;

    private readonly IReadOnlyList<IDecisionLog> shards;
    private readonly SealedDecisions opened;
    private readonly BacktestPlan plan;
    private readonly IProgress<BacktestProgress>? progress;
    private readonly Func<CancellationToken, Task>? betweenPages;
    private readonly Dictionary<long, CaseLabel> labels = [];
    private long done;
    private long total;

    /// <param name="shards">In their order.</param>
    /// <param name="betweenPages">Where the replay waits, so that others have their turn; null for nowhere.</param>
    public BacktestRun(IReadOnlyList<IDecisionLog> shards, MasterKey masterKey, BacktestPlan plan, IProgress<BacktestProgress>? progress = null, Func<CancellationToken, Task>? betweenPages = null) =>
        (this.shards, opened, this.plan, this.progress, this.betweenPages) = (shards, new SealedDecisions(masterKey), plan, progress, betweenPages);

    /// <exception cref="InvalidDataException">A recorded decision is damaged.</exception>
    public async Task<BacktestReport> Run(CancellationToken cancellationToken)
    {
        var ranges = new List<(IDecisionLog Log, long After, long End)>();
        foreach (var log in shards)
        {
            var end = log.LastPosition;
            ranges.Add((log, Math.Max(await Before(log, end), end - Math.Min(end, plan.NewestRows)), end));
        }

        total = 2 * ranges.Sum(static range => range.End - range.After);
        foreach (var (log, first, end) in ranges)
        {
            await foreach (var row in Rows(log, first, end, untilMs: long.MaxValue, cancellationToken))
                ReadLabel(row);
        }

        var tally = new BacktestTally(plan);
        foreach (var (log, first, end) in ranges)
        {
            await foreach (var row in Rows(log, first, end, plan.ToMs, cancellationToken))
            {
                if (IsPayment(row) && plan.Holds(row.TimeMs))
                    await Add(tally, log, row);
            }
        }

        progress?.Report(new BacktestProgress(total, total));
        return tally.Report();
    }

    public void Dispose() => opened.Dispose();

    // A return is not judged, and no payment of its own here.
    internal static bool IsPayment(LogRow row) =>
        row.Payment == row.Id && row.Type is EventType.PaymentSettled or EventType.PaymentRejected or EventType.PaymentHeld or EventType.PaymentCreated;

    private async IAsyncEnumerable<LogRow> Rows(IDecisionLog log, long after, long end, long untilMs, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var position = after;
        while (position < end)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await log.RowsAfter(position);
            if (page.Count == 0)
                break;
            foreach (var row in page)
            {
                if (row.Position <= end)
                    yield return row;
            }

            var next = Math.Min(end, page[^1].Position);
            (done, position) = (done + next - position, next);
            progress?.Report(new BacktestProgress(done, total));
            if (untilMs < long.MaxValue - TimeSlackMs && page.All(row => row.TimeMs >= untilMs + TimeSlackMs))
                break;
            if (betweenPages is not null)
                await betweenPages(cancellationToken);
        }

        // What lies behind the range, or was let go of, is not read.
        done += end - position;
    }

    /// <summary>A position before which nothing of the range is: found by halving.</summary>
    private async ValueTask<long> Before(IDecisionLog log, long end)
    {
        if (plan.FromMs < long.MinValue + TimeSlackMs)
            return 0;
        var (low, high) = (0L, end);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (await log.RowsAfter(middle) is [var row, ..] && row.TimeMs < plan.FromMs - TimeSlackMs)
                low = middle + 1;
            else
                high = middle;
        }

        return Math.Max(0, low - 1);
    }

    private void ReadLabel(LogRow row)
    {
        if (CaseRow.Read(row) is { Label: { } label } read)
            labels[read.Payment] = label;
    }

    private async ValueTask Add(BacktestTally tally, IDecisionLog log, LogRow row)
    {
        var (id, wrapped) = await log.Account(row.Debtor);
        if (opened.Open(row, wrapped) is not { } clear)
        {
            tally.AddUnjudged();
            return;
        }

        var recorded = PersonalFieldsCodec.RiskDecisionOf(clear);
        if (recorded.IsEmpty)
            tally.AddUnjudged();
        else
            tally.Add(new JudgedPayment(new PaymentId(Bucket.Of(id), row.Payment), id, new Money(row.Amount, row.Currency), labels.TryGetValue(row.Payment, out var label) ? label : null), recorded);
        CryptographicOperations.ZeroMemory(clear);
    }
}
