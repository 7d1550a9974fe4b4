using Grains.Interfaces.Fraud;

namespace Grains.Fraud.Features;

/// <summary>All entries of all lists: an immutable snapshot for many threads at once, looked up in constant time. A change makes another.</summary>
public sealed class ListBook
{
    public const int MaxEntries = 100_000;

    private readonly Dictionary<(ListSubject Subject, string Value), List<ListEntry>> entries = [];
    private readonly AddressRanges addresses = new();

    /// <exception cref="ArgumentException">There are more than <see cref="MaxEntries"/>.</exception>
    /// <exception cref="FormatException">An entry is not <see cref="ListEntry.IsReadable"/>.</exception>
    public ListBook(IReadOnlyCollection<ListEntry> all)
    {
        if (all.Count > MaxEntries)
            throw new ArgumentException($"Lists hold at most {MaxEntries} entries.", nameof(all));
        foreach (var entry in all)
            Add(entry);
        addresses.Freeze();
        Count = all.Count;
    }

    public static ListBook Empty { get; } = new([]);

    public int Count { get; }

    /// <summary>Writes which lists in force name a party of the payment, and returns the facts with what those entries are called.</summary>
    public RiskFacts Fill(FeatureVector vector, in ListedParties parties, long nowMs, RiskFacts facts)
    {
        var found = Find(parties);
        var block = InForce(found, ListKind.Block, nowMs);
        var allow = InForce(found, ListKind.Allow, nowMs);
        var watch = InForce(found, ListKind.Watch, nowMs);
        vector[Feature.OnBlockList] = block is null ? 0 : 1;
        vector[Feature.OnAllowList] = allow is null ? 0 : 1;
        vector[Feature.OnWatchList] = watch is null ? 0 : 1;
        vector[Feature.LocationIsUnreliable] = parties.Ip is null ? FeatureVector.Missing : InForce(found, ListKind.Vpn, nowMs) is null ? 0 : 1;
        return block is null && allow is null && watch is null ? facts
            : facts with { ListedEntry = (block ?? watch ?? allow)!.Value, BlockedEntry = block?.Value, AllowedEntry = allow?.Value, WatchedEntry = watch?.Value };
    }

    private static ListEntry? InForce(List<ListEntry>? found, ListKind list, long nowMs)
    {
        if (found is null)
            return null;
        foreach (var entry in found)
            if (entry.List == list && entry.IsInForce(nowMs))
                return entry;
        return null;
    }

    private List<ListEntry>? Find(in ListedParties parties)
    {
        if (Count == 0)
            return null;
        List<ListEntry>? found = null;
        Find(ListSubject.Account, parties.Account, ref found);
        Find(ListSubject.Counterparty, parties.Counterparty, ref found);
        Find(ListSubject.Card, parties.Card, ref found);
        Find(ListSubject.Device, parties.Device, ref found);
        if (parties.Ip is not null)
            addresses.Find(parties.Ip, ref found);
        return found;
    }

    private void Find(ListSubject subject, string? value, ref List<ListEntry>? found)
    {
        if (value is not null && entries.TryGetValue((subject, value), out var standing))
            (found ??= []).AddRange(standing);
    }

    private void Add(ListEntry entry)
    {
        if (!ListEntry.IsReadable(entry.Subject, entry.Value))
            throw new FormatException($"A list's entry of {entry.Subject} is not readable.");
        if (entry.Subject == ListSubject.Ip)
        {
            addresses.Add(entry);
            return;
        }

        if (!entries.TryGetValue((entry.Subject, entry.Value), out var standing))
            entries.Add((entry.Subject, entry.Value), standing = []);
        standing.Add(entry);
    }
}
