using System.Security.Cryptography;
using System.Text.Json;
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

/// <summary>What reconciliation stands on.</summary>
/// <param name="IsShared">Whether other processes may work on the same ledger.</param>
/// <param name="Machine">Measures pauses; what happened when is the events' to say.</param>
public sealed record ReconciliationServices(
    LedgerShards Shards, DocumentReader Documents, IReadOnlyDictionary<string, IAcquirer> Acquirers, IRegistry Registry, bool IsShared, EventConsumers Consumers, ProductClock Clock, TimeProvider Machine,
    ReconciliationOptions Options, Microsoft.Extensions.Logging.ILogger<Reconciler> Logger);

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
    private readonly Dictionary<string, ReconciliationBreak> breaks;
    private LogCursor saved;
    private string savedBreaks;

    private ReconciliationRun(ReconciliationServices services, LogCursor place, string found, Action<string, long> compared, Action<string, long> passedOver)
    {
        (this.services, this.compared, this.passedOver) = (services, compared, passedOver);
        (Place, saved, savedBreaks) = (place, place, found);
        readings = [.. Enumerable.Range(0, services.Shards.Count).Select(static _ => new AttemptReading())];
        breaks = (JsonSerializer.Deserialize(found, ReconciliationJson.Default.ReconciliationState) ?? ReconciliationState.None).Breaks.ToDictionary(static each => each.Id);
    }

    /// <summary>Up to where the log was read.</summary>
    public LogCursor Place { get; private set; }

    /// <summary>Breaks that are open.</summary>
    public IReadOnlyCollection<ReconciliationBreak> Open => breaks.Values;

    /// <summary>Whether calls wait for an acquirer to be asked.</summary>
    public bool HasUnasked => unasked.Count > 0;

    private long NowMs => services.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Goes on where the last run on this ledger ended.</summary>
    /// <param name="compared">Is told what was compared, and how many.</param>
    /// <param name="passedOver">Is told what was not, and how many.</param>
    /// <exception cref="LedgerStoreException">The ledger cannot be read for now.</exception>
    public static async Task<ReconciliationRun> Load(ReconciliationServices services, Action<string, long> compared, Action<string, long> passedOver)
    {
        var shards = services.Shards;
        if (services.Registry.ReadSetting(PlaceSetting) is not { } known || !LogCursor.TryParse(known, shards.Count, out var place))
        {
            place = shards.End;
            var sinceMs = services.Clock.GetUtcNow().ToUnixTimeMilliseconds() - WindowMs.Day;
            for (var shard = 0; shard < shards.Count; shard++)
                place = place.With(shard, await LogStart.Since(shards.Writers[shard].Reader, place[shard], sinceMs, MostRowsBack));
        }

        var found = services.Registry.ReadSetting(ReconciliationState.Setting) ?? JsonSerializer.Serialize(ReconciliationState.None, ReconciliationJson.Default.ReconciliationState);
        return new ReconciliationRun(services, place, found, compared, passedOver);
    }

    /// <summary>Reads a page of each shard; how many rows.</summary>
    /// <exception cref="LedgerStoreException">A shard cannot be read for now.</exception>
    public async Task<int> Read()
    {
        var count = 0;
        for (var shard = 0; shard < services.Shards.Count; shard++)
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
        for (var asked = 0; asked < most && unasked.TryPeek(out var next); asked++)
        {
            if (!await Ask(next.Attempt, cancellationToken))
                return;
            unasked.Dequeue();
            compared("call", 1);
        }
    }

    /// <summary>Asks again for what did not agree.</summary>
    public async Task AskAgain(CancellationToken cancellationToken)
    {
        foreach (var attempt in breaks.Values.Select(static each => each.Attempt).OfType<EndedAttempt>().Take(services.Options.AsksPerSecond).ToList())
            if (!await Ask(attempt, cancellationToken))
                return;
    }

    /// <summary>Sums the ledger's books.</summary>
    /// <exception cref="LedgerStoreException">A shard cannot be read for now.</exception>
    public async Task CompareBooks()
    {
        var found = await LedgerBooks.Compare(services.Shards, NowMs);
        foreach (var gone in breaks.Values.Where(static each => each.Kind is BreakKind.TrialBalance or BreakKind.Transit).Select(static each => each.Id).Except(found.Select(static each => each.Id)).ToList())
            Close(gone);
        foreach (var each in found)
            Found(each);
        compared("books", 1);
    }

    /// <summary>Makes durable what was found.</summary>
    /// <exception cref="LedgerStoreException">The registry cannot be written for now.</exception>
    public void SaveBreaks()
    {
        var state = JsonSerializer.Serialize(
            new ReconciliationState(breaks.Count, [.. breaks.Values.OrderBy(static each => each.FoundAtMs).Take(ReconciliationState.MostKept)]), ReconciliationJson.Default.ReconciliationState);
        if (state != savedBreaks)
            services.Registry.WriteSetting(ReconciliationState.Setting, state);
        savedBreaks = state;
    }

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
        IReadOnlyList<DocumentState> frame;
        try
        {
            frame = await services.Documents.Open(row);
        }
        catch (Exception exception) when (exception is CryptographicException or InvalidDataException)
        {
            ReconciliationLog.NotOpened(services.Logger, row.Id, exception);
            passedOver("entry", 1);
            return;
        }

        var money = rows.Skip(first + 1).TakeWhile(static next => next.Type.IsOfCheckout() && next.Type != EventType.MerchantRecorded);
        foreach (var difference in EntryBalance.Differences(frame, money))
            Found(new ReconciliationBreak(BreakKind.Balance, EventId.Format(row.Id), difference, NowMs));
        compared("entry", 1);
        foreach (var (ended, began) in readings[shard].Read(row, frame))
        {
            if (unasked.Count < services.Options.AsksPerSecond * SecondsWaiting)
                unasked.Enqueue((ended, shard, began));
            else
                passedOver("call", 1);
        }
    }

    private async Task<bool> Ask(EndedAttempt attempt, CancellationToken cancellationToken)
    {
        try
        {
            var found = await AcquirerBook.Compare(services.Acquirers, attempt, NowMs, cancellationToken);
            foreach (var other in breaks.Values.Where(each => each.Attempt == attempt && each.Id != found?.Id).Select(static each => each.Id).ToList())
                Close(other);
            if (found is not null)
                Found(found);
            return true;
        }
        catch (AcquirerSilentException silence)
        {
            ReconciliationLog.AskedAgain(services.Logger, attempt.Key, silence);
            return false;
        }
    }

    private void Found(ReconciliationBreak found)
    {
        if (breaks.TryGetValue(found.Id, out var before))
        {
            breaks[found.Id] = found with { FoundAtMs = before.FoundAtMs };
            return;
        }

        breaks.Add(found.Id, found);
        ReconciliationLog.Found(services.Logger, found.Id, found.Detail);
    }

    private void Close(string id)
    {
        breaks.Remove(id);
        ReconciliationLog.Closed(services.Logger, id);
    }
}
