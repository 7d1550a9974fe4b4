using System.Security.Cryptography;
using Grains.Acquirers;
using Grains.Fraud.Detectors;
using Grains.Fraud.Features;
using Grains.Interfaces.Events;
using Grains.Interfaces.Reconciliation;
using Ledger;
using Ledger.Documents;
using Ledger.Shards;
using EventId = Grains.Interfaces.Events.EventId;

namespace Grains.Reconciliation;

/// <summary>
/// Reads the log from a durable place on, compares each entry of merchants with itself and each call that ended with what its acquirer says,
/// and now and then the ledger's books. Breaks are durable, and close once both sides agree. Comparing twice is comparing once: whatever
/// fails is done again from the place.
/// </summary>
public sealed class ReconciliationRun
{
    private const string PlaceSetting = "reconciliation.place";
    private const int PageRows = 512;

    /// <summary>The first start ever goes back a day, and at most so many rows of a shard.</summary>
    private const int MostRowsBack = 200_000;

    /// <summary>So many seconds' calls may wait to be asked for.</summary>
    private const int SecondsWaiting = 60;

    private readonly ReconciliationServices services;
    private readonly Action<string, long> compared;
    private readonly Action<string, long> passedOver;
    private readonly AttemptReading[] readings;
    private readonly Queue<(EndedAttempt Attempt, int Shard, long Began)> unasked = [];
    private readonly Func<Task<bool>> isOurs;
    private readonly OpenBreaks breaks;
    private LogCursor saved;

    private ReconciliationRun(ReconciliationServices services, LogCursor place, string? known, Func<Task<bool>> isOurs, Action<string, long> compared, Action<string, long> passedOver)
    {
        (this.services, this.isOurs, this.compared, this.passedOver) = (services, isOurs, compared, passedOver);
        (Place, saved) = (place, place);
        readings = [.. Enumerable.Range(0, services.Shards.Count).Select(static _ => new AttemptReading())];
        breaks = new OpenBreaks(services.Logger, passedOver, known);
    }

    /// <summary>Up to where the log was read.</summary>
    public LogCursor Place { get; private set; }

    /// <summary>Breaks that are open.</summary>
    public IReadOnlyCollection<ReconciliationBreak> Open => breaks.All;

    /// <summary>Whether calls wait for an acquirer to be asked.</summary>
    public bool HasUnasked => unasked.Count > 0;

    private long NowMs => services.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Goes on where the last run on this ledger ended.</summary>
    /// <param name="isOurs">Is asked between steps that may last, so that the turn is renewed: whether this process has it still.</param>
    /// <param name="compared">Is told what was compared, and how many.</param>
    /// <param name="passedOver">Is told what was not, and how many.</param>
    /// <exception cref="LedgerStoreException">The ledger cannot be read for now.</exception>
    public static async Task<ReconciliationRun> Load(ReconciliationServices services, Func<Task<bool>> isOurs, Action<string, long> compared, Action<string, long> passedOver)
    {
        var shards = services.Shards;
        if (services.Registry.ReadSetting(PlaceSetting) is not { } known || !LogCursor.TryParse(known, shards.Count, out var place))
        {
            place = shards.End;
            var sinceMs = services.Clock.GetUtcNow().ToUnixTimeMilliseconds() - WindowMs.Day;
            for (var shard = 0; shard < shards.Count; shard++)
                place = place.With(shard, await LogStart.Since(shards.Writers[shard].Reader, place[shard], sinceMs, MostRowsBack));
        }

        return new ReconciliationRun(services, place, services.Registry.ReadSetting(ReconciliationState.Setting), isOurs, compared, passedOver);
    }

    /// <summary>Reads a page of each shard; how many rows.</summary>
    /// <exception cref="LedgerStoreException">A shard cannot be read for now.</exception>
    public async Task<int> Read()
    {
        var count = 0;
        for (var shard = 0; shard < services.Shards.Count && await isOurs(); shard++)
        {
            var rows = await services.Shards.Writers[shard].Reader.RowsAfter(Place[shard], PageRows);
            var whole = Whole(rows);
            for (var i = 0; i < whole; i++)
                if (rows[i] is { Type: EventType.MerchantRecorded, Sealed: not null })
                    await Compare(shard, rows, i);
            if (whole == 0)
                continue;
            Place = Place.With(shard, rows[whole - 1].Position);
            count += whole;
        }

        return count;
    }

    /// <summary>Asks acquirers for calls that ended, at most so many.</summary>
    public async Task Ask(int most, CancellationToken cancellationToken)
    {
        for (var asked = 0; asked < most && unasked.TryPeek(out var next) && await isOurs(); asked++)
        {
            var told = await Ask(next.Attempt, cancellationToken);
            unasked.Dequeue();
            if (told == Told.Nothing)
            {
                // The others are asked for before it is again.
                unasked.Enqueue(next);
                return;
            }

            (told == Told.All ? compared : passedOver)("call", 1);
        }
    }

    /// <summary>Asks again for what did not agree, each in turn; what nobody can be asked for stays open.</summary>
    public async Task AskAgain(CancellationToken cancellationToken)
    {
        breaks.BeginAsking();
        for (var asked = 0; asked < services.Options.AsksPerSecond && breaks.NextToAsk() is { } attempt && await isOurs();)
        {
            if (!AcquirerBook.CanBeAsked(services.Acquirers, attempt))
                continue;
            if (await Ask(attempt, cancellationToken) == Told.Nothing)
                return;
            asked++;
        }
    }

    /// <summary>Sums the ledger's books. Where they cannot be summed, all stays as it was found, and is to be made durable all the same.</summary>
    public async Task CompareBooks()
    {
        try
        {
            if (await LedgerBooks.Compare(services.Shards, NowMs, isOurs) is not { } found)
                return;
            var ids = found.Select(static each => each.Id).ToHashSet();
            breaks.Close(each => each.Kind is BreakKind.TrialBalance or BreakKind.Transit && !ids.Contains(each.Id));
            foreach (var each in found)
                breaks.Found(each);
            compared("books", 1);
        }
        catch (Exception exception) when (exception is LedgerStoreException or LedgerDamagedException or TimeoutException)
        {
            ReconciliationLog.NotSummed(services.Logger, exception);
            passedOver("books", 1);
        }
    }

    /// <summary>Makes durable what was found.</summary>
    /// <exception cref="LedgerStoreException">The registry cannot be written for now.</exception>
    public void SaveBreaks() => breaks.Save(services.Registry);

    /// <summary>Makes durable from where on another run is to read: to be called after <see cref="SaveBreaks"/>, so that none is lost between.</summary>
    /// <exception cref="LedgerStoreException">The registry cannot be written for now.</exception>
    public void SavePlace()
    {
        // What has not ended, or was not asked for, is to be read again; what waits for a day is not waited for.
        var place = Place;
        var sinceMs = NowMs - WindowMs.Day;
        for (var shard = 0; shard < readings.Length; shard++)
            place = place.With(shard, readings[shard].OldestSince(sinceMs, place[shard]));
        foreach (var (_, shard, began) in unasked)
            place = place.With(shard, Math.Min(place[shard], began - 1));
        if (place.ToString() != saved.ToString())
            services.Registry.WriteSetting(PlaceSetting, place.ToString());
        saved = place;
    }

    // A full page may end within an entry: then the entry is the next page's.
    private static int Whole(IReadOnlyList<LogRow> rows)
    {
        if (rows.Count < PageRows)
            return rows.Count;
        var last = rows.Count - 1;
        while (last > 0 && rows[last].Type != EventType.MerchantRecorded && (rows[last].Type.IsOfCheckout() || rows[last].Type.IsOfFraud()))
            last--;
        return last > 0 && rows[last].Type == EventType.MerchantRecorded ? last : rows.Count;
    }

    private async Task Compare(int shard, IReadOnlyList<LogRow> rows, int first)
    {
        var row = rows[first];
        IReadOnlyList<DocumentState>? frame = null;
        try
        {
            frame = await services.Documents.Open(row);
            var money = rows.Skip(first + 1).TakeWhile(static next => next.Type.IsOfCheckout() && next.Type != EventType.MerchantRecorded);
            foreach (var difference in EntryBalance.Differences(frame, money))
                breaks.Found(new ReconciliationBreak(BreakKind.Balance, EventId.Format(row.Id), difference, NowMs));
            foreach (var (ended, began) in readings[shard].Read(row, frame))
                Ended(ended, shard, began);
            compared("entry", 1);
        }
        catch (Exception exception) when (frame is not null || exception is CryptographicException or InvalidDataException or ArgumentException or OverflowException)
        {
            // Once it is open nobody is asked for anything: what fails is the entry's own, and would fail each time.
            ReconciliationLog.NotRead(services.Logger, row.Id, exception);
            passedOver("entry", 1);
            if (frame is not null)
                passedOver("call", readings[shard].Forget(frame));
        }
    }

    private void Ended(EndedAttempt attempt, int shard, long began)
    {
        if (unasked.Count < services.Options.AsksPerSecond * SecondsWaiting && AcquirerBook.CanBeAsked(services.Acquirers, attempt))
            unasked.Enqueue((attempt, shard, began));
        else
            passedOver("call", 1);
    }

    private async Task<Told> Ask(EndedAttempt attempt, CancellationToken cancellationToken)
    {
        try
        {
            var found = await AcquirerBook.Compare(services.Acquirers[attempt.Acquirer], attempt, NowMs, cancellationToken);
            breaks.Close(each => each.Attempt == attempt && each.Id != found?.Id);
            if (found is not null)
                breaks.Found(found);
            return Told.All;
        }
        catch (AcquirerSilentException silence)
        {
            ReconciliationLog.AskedAgain(services.Logger, attempt.Key, silence);
            return Told.Nothing;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // It would fail each time, and all that come after would wait for it.
            ReconciliationLog.NotTold(services.Logger, attempt.Key, exception);
            return Told.Unreadable;
        }
    }

    /// <summary>What an acquirer told of a call.</summary>
    private enum Told
    {
        /// <summary>It was silent: it is to be asked again.</summary>
        Nothing,

        /// <summary>What cannot be compared.</summary>
        Unreadable,

        /// <summary>What it did, or that it did nothing.</summary>
        All,
    }
}
