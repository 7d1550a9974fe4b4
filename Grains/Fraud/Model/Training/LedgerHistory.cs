using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Grains.Fraud.Backtest;
using Grains.Interfaces.Fraud;
using Ledger;
using Ledger.Sealing;

namespace Grains.Fraud.Model.Training;

/// <summary>What a training takes of a ledger.</summary>
public sealed record LedgerHistoryRequest
{
    /// <summary>When the training takes place, as it were: what was said later is not known. Null for the time of the ledger's newest row.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Payments of before take no part; null for the beginning.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>How old a payment must be to take part.</summary>
    public required TimeSpan LabelDelay { get; init; }
}

/// <summary>How the payments of a ledger came to their labels.</summary>
/// <param name="FraudByCase">An analyst confirmed it, and the case is closed.</param>
/// <param name="FraudByReturn">Returned with FR01.</param>
/// <param name="GoodByCase">A closed case says a false positive, or no fraud and yet right to look.</param>
/// <param name="GoodBySilence">Went through, and nobody said anything for the label delay.</param>
/// <param name="Unknown">An open case, or stopped without a label: no part.</param>
/// <param name="Young">Younger than the label delay: no part, whatever was said of them.</param>
/// <param name="NotJudged">Recorded without a decision, or its payer's key was destroyed: no part.</param>
public sealed record LedgerLabelCounts(int FraudByCase, int FraudByReturn, int GoodByCase, int GoodBySilence, int Unknown, int Young, int NotJudged);

/// <summary>A ledger's judged payments as rows to learn from.</summary>
/// <param name="At">When the training takes place, as it were.</param>
public sealed record LedgerTable(TrainingTable Table, DateTimeOffset At, LedgerLabelCounts Labels);

/// <summary>
/// A ledger's own history: the features of each payment as its decision recorded them, never computed again, with what it turned out to
/// be. Each shard's log is read twice: for the labels, which come later than payments, and for the decisions. Nothing is changed.
/// </summary>
public sealed class LedgerHistory(IReadOnlyList<IDecisionLog> shards, MasterKey masterKey)
{
    /// <summary>About half a gigabyte of features.</summary>
    private const int MaxPayments = 1_000_000;

    private readonly LedgerLabels labels = new();
    private readonly List<Row> rows = [];
    private readonly int[] sources = new int[Enum.GetValues<LabelSource>().Length + 1];
    private int fraudByCase;
    private int unknown;
    private int young;
    private int notJudged;

    /// <summary>Reads it, once.</summary>
    /// <exception cref="InvalidDataException">The ledger has no row, more payments than are taken, or a damaged decision.</exception>
    public async Task<LedgerTable> Read(LedgerHistoryRequest request, IProgress<BacktestProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var ends = shards.Select(static log => log.LastPosition).ToArray();
        var fromMs = request.From?.ToUnixTimeMilliseconds() ?? long.MinValue;
        var (at, newest) = (request.At?.ToUnixTimeMilliseconds() ?? long.MaxValue, long.MinValue);
        var delayMs = (long)request.LabelDelay.TotalMilliseconds;
        var read = new Reading(progress, 2 * ends.Sum());
        foreach (var (log, end) in shards.Zip(ends))
        {
            await foreach (var row in read.Rows(log, end, at, cancellationToken))
            {
                labels.Read(row);
                newest = Math.Max(newest, row.TimeMs);
            }
        }

        if (newest == long.MinValue)
            throw new InvalidDataException("The ledger has no payment of before this time.");
        at = request.At is null ? newest : at;
        using var opened = new SealedDecisions(masterKey);
        foreach (var (log, end) in shards.Zip(ends))
        {
            await foreach (var row in read.Rows(log, end, at, cancellationToken))
            {
                if (BacktestRun.IsPayment(row) && row.TimeMs >= fromMs)
                    await Add(log, row, opened, at - delayMs, delayMs);
            }
        }

        return new LedgerTable(Table(), DateTimeOffset.FromUnixTimeMilliseconds(at), Counts());
    }

    private async ValueTask Add(IDecisionLog log, LogRow row, SealedDecisions opened, long untilMs, long delayMs)
    {
        if (row.TimeMs > untilMs)
        {
            young++;
            return;
        }

        var (_, wrapped) = await log.Account(row.Debtor);
        var clear = opened.Open(row, wrapped);
        var recorded = clear is null ? default : PersonalFieldsCodec.RiskDecisionOf(clear);
        if (recorded.IsEmpty)
        {
            notJudged++;
            return;
        }

        var decision = RiskDecisionCodec.Decode(recorded);
        CryptographicOperations.ZeroMemory(clear);
        if (labels.Of(row, decision, delayMs) is not { } label)
        {
            unknown++;
            return;
        }

        if (rows.Count == MaxPayments)
            throw new InvalidDataException(string.Create(CultureInfo.InvariantCulture, $"More than {MaxPayments:N0} payments have a label: name the first time that counts with --from."));
        sources[(int)label.Source]++;
        fraudByCase += label is { IsFraud: true, Source: LabelSource.Case } ? 1 : 0;
        rows.Add(new Row(decision.DecidedAtMs, row.Payment, decision.Values, label));
    }

    // Shards are read one after the other, and a shard's log is in the order of commits: time parts them, the number those of one moment.
    private TrainingTable Table()
    {
        rows.Sort(static (left, right) => (left.TimeMs, left.Payment).CompareTo((right.TimeMs, right.Payment)));
        var table = new TrainingTable(FeatureNames.All);
        foreach (var row in rows)
            table.Add(new FeatureVector(row.Values as long[] ?? [.. row.Values]).Values, row.Label.IsFraud, row.TimeMs, row.Label.KnownMs);
        return table;
    }

    private LedgerLabelCounts Counts() =>
        new(fraudByCase, sources[(int)LabelSource.Return], sources[(int)LabelSource.Case] - fraudByCase, sources[(int)LabelSource.Silence], unknown, young, notJudged);

    private readonly record struct Row(long TimeMs, long Payment, IReadOnlyList<long> Values, LedgerLabel Label);

    /// <summary>How far both readings are, in rows.</summary>
    private sealed class Reading(IProgress<BacktestProgress>? progress, long total)
    {
        private long done;

        /// <summary>A log's rows up to a position, those that are later than a time left out.</summary>
        public async IAsyncEnumerable<LogRow> Rows(IDecisionLog log, long end, long atMs, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            for (var position = 0L; position < end && await log.RowsAfter(position) is { Count: > 0 } page;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (var row in page)
                {
                    if (row.Position <= end && row.TimeMs <= atMs)
                        yield return row;
                }

                var next = Math.Min(end, page[^1].Position);
                (done, position) = (done + next - position, next);
                progress?.Report(new BacktestProgress(done, total));
            }
        }
    }
}
