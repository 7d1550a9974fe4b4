using System.Net;
using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.RuleBook;

/// <summary>What a change of a list comes to. Pure: entries, command and time in; the entry after it, or why there is none, out.</summary>
internal static class ListDecision
{
    /// <param name="number">The new entry's own, where one is put on.</param>
    /// <returns>The answer, and the number of the entry that it names.</returns>
    public static (RuleBookAnswer Answer, long Number) Decide(RuleBookState book, ListCommand command, long number, long nowMs)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(nowMs);
        if (command.Remove != 0)
            return book.Entries.TryGetValue(command.Remove, out var standing) && standing.List == command.List
                ? (Recorded(standing with { Version = standing.Version + 1, RemovedBy = command.Actor, RemovedAt = now }), command.Remove)
                : (new RuleBookAnswer(RuleBookOutcome.Unknown), 0);
        if (!ListEntry.IsReadable(ToSubject(command.Kind), command.Value) || (command.Kind == "ip" && !IsExact(command.Value)))
            return (Refused("value", command.Kind == "ip" ? "must be an IP address, or a range such as 192.0.2.0/24 whose other bits are 0." : $"must have 1 to {ListEntry.MaxValueLength} characters."), 0);
        if (command.ExpiresAt is { } expires && expires <= now)
            return (Refused("expiresAt", "must be in the future."), 0);
        var inForce = 0;
        foreach (var entry in book.Entries.Values)
        {
            if (!IsInForce(entry, now))
                continue;
            if (entry.List == command.List && entry.Kind == command.Kind && entry.Value == command.Value)
                return (new RuleBookAnswer(RuleBookOutcome.Exists) { Entry = entry, By = entry.AddedBy }, 0);
            inForce++;
        }

        if (inForce >= ListBook.MaxEntries)
            return (new RuleBookAnswer(RuleBookOutcome.Full), 0);
        return (Recorded(new ListedEntry
        {
            Id = RuleDocuments.EntryId(number),
            Version = 1,
            List = command.List,
            Kind = command.Kind,
            Value = command.Value,
            Reason = command.Reason,
            ExpiresAt = command.ExpiresAt,
            AddedBy = command.Actor,
            AddedAt = now,
        }), number);
    }

    /// <summary>All that decisions look up: entries whose time is over are left out.</summary>
    public static ListBook ToBook(IEnumerable<ListedEntry> entries, long nowMs)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(nowMs);
        return new ListBook([.. entries.Where(entry => IsInForce(entry, now))
            .Select(static entry => new ListEntry(ToKind(entry.List), ToSubject(entry.Kind), entry.Value, entry.ExpiresAt?.ToUnixTimeMilliseconds()))]);
    }

    private static bool IsInForce(ListedEntry entry, DateTimeOffset now) => entry.ExpiresAt is not { } expires || now < expires;

    // 192.0.2.1/24 may mean one address or 256, and 10.1 is an address to the framework.
    private static bool IsExact(string value)
    {
        var address = value.Split('/')[0];
        return (address.Contains(':', StringComparison.Ordinal) || address.Count(static character => character == '.') == 3)
            && (!IPNetwork.TryParse(value, out var range) || range.BaseAddress.Equals(IPAddress.Parse(address)));
    }

    private static ListKind ToKind(string word) => word switch
    {
        "block" => ListKind.Block,
        "allow" => ListKind.Allow,
        "watch" => ListKind.Watch,
        "vpn" => ListKind.Vpn,
        _ => throw new InvalidDataException($"There is no list '{word}'."),
    };

    private static ListSubject ToSubject(string word) => word switch
    {
        "account" => ListSubject.Account,
        "counterparty" => ListSubject.Counterparty,
        "card" => ListSubject.Card,
        "device" => ListSubject.Device,
        "ip" => ListSubject.Ip,
        _ => throw new InvalidDataException($"A list names no '{word}'."),
    };

    private static RuleBookAnswer Recorded(ListedEntry entry) => new(RuleBookOutcome.Recorded) { Entry = entry };

    private static RuleBookAnswer Refused(string field, string why) => new(RuleBookOutcome.Refused) { Errors = [new RefusedField(field, why)] };
}
