using System.Net;
using Grains.Fraud.Features;
using Grains.Interfaces.Fraud;

namespace Grains.Fraud.RuleBook;

/// <summary>What a change of a list comes to. Pure: entries, command and time in; the entry after it, or why there is none, out.</summary>
internal static class ListDecision
{
    /// <param name="fourEyes">Whether what acts on payments takes two people.</param>
    /// <param name="number">The new entry's own, where one is put on.</param>
    /// <returns>The answer, and the number of the entry that it names.</returns>
    public static (RuleBookAnswer Answer, long Number) Decide(RuleBookState book, ListCommand command, bool fourEyes, long number, long nowMs)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(nowMs);
        if (command.Action == ListAction.Add)
            return Add(book, command, fourEyes, number, now);
        if (!book.Entries.TryGetValue(command.Entry, out var standing) || standing.List != command.List)
            return (new RuleBookAnswer(RuleBookOutcome.Unknown), 0);
        return (Change(standing, command, fourEyes, now), command.Entry);
    }

    private static RuleBookAnswer Change(ListedEntry standing, ListCommand command, bool fourEyes, DateTimeOffset now)
    {
        var next = standing with { Version = standing.Version + 1 };
        if (command.Action == ListAction.Remove)
        {
            // What does not act for good yet, or no more, is one person's own matter.
            if (!fourEyes || standing.Asked == ListAction.Add || !IsInForce(standing, now))
                return Removed(next, command, now);
            if (standing.Asked is null)
                return Recorded(next with { Asked = ListAction.Remove, AskedBy = command.Actor });
            return standing.AskedBy == command.Actor ? OtherPerson(standing) : Removed(next, command, now);
        }

        if (standing.Asked is not { } asked)
            return new RuleBookAnswer(RuleBookOutcome.NotAsked);
        if (command.Action == ListAction.Reject)
            return asked == ListAction.Add ? Removed(next, command, now) : Recorded(next with { Asked = null, AskedBy = null });
        if (fourEyes && standing.AskedBy == command.Actor)
            return OtherPerson(standing);
        if (asked == ListAction.Remove)
            return Removed(next, command, now);
        return standing.ApproveBy <= now
            ? new RuleBookAnswer(RuleBookOutcome.NotAsked) { Detail = "Nobody approved it in time: it acts no more. Put it on again." }
            : Recorded(next with { Asked = null, AskedBy = null, ApproveBy = null, ApprovedBy = command.Actor, ApprovedAt = now });
    }

    private static (RuleBookAnswer Answer, long Number) Add(RuleBookState book, ListCommand command, bool fourEyes, long number, DateTimeOffset now)
    {
        if (!ListEntry.IsReadable(ToSubject(command.Kind), command.Value) || (command.Kind == "ip" && !IsExact(command.Value)))
            return (Refused("value", command.Kind == "ip" ? "must be an IP address, or a range such as 192.0.2.0/24 whose other bits are 0." : $"must have 1 to {ListEntry.MaxValueLength} characters."), 0);
        if (command.ExpiresAt is { } expires && expires <= now)
            return (Refused("expiresAt", "must be in the future."), 0);
        var inForce = 0;
        foreach (var entry in book.Entries.Values)
        {
            if (!Stands(entry, now))
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
            Asked = fourEyes ? ListAction.Add : null,
            AskedBy = fourEyes ? command.Actor : null,
            // Who is to be stopped is stopped now; everything else waits for a second person.
            ApproveBy = fourEyes && command.List == "block" ? now + ListedEntry.ApproveWithin : null,
        }), number);
    }

    /// <summary>All that decisions look up: entries whose time is over are left out, and those that wait to be approved.</summary>
    public static ListBook ToBook(IEnumerable<ListedEntry> entries, long nowMs)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(nowMs);
        return new ListBook([.. entries.Where(entry => IsInForce(entry, now))
            .Select(static entry => new ListEntry(ToKind(entry.List), ToSubject(entry.Kind), entry.Value, End(entry)?.ToUnixTimeMilliseconds()))]);
    }

    // Asked for and not approved, only a block acts, and not for long.
    private static bool IsInForce(ListedEntry entry, DateTimeOffset now) => Stands(entry, now) && (entry.Asked != ListAction.Add || entry.ApproveBy is not null);

    private static bool Stands(ListedEntry entry, DateTimeOffset now) => End(entry) is not { } end || now < end;

    private static DateTimeOffset? End(ListedEntry entry) => entry.ApproveBy is { } approveBy && !(entry.ExpiresAt < approveBy) ? approveBy : entry.ExpiresAt;

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

    private static RuleBookAnswer Removed(ListedEntry next, ListCommand command, DateTimeOffset now) => Recorded(next with { RemovedBy = command.Actor, RemovedAt = now });

    private static RuleBookAnswer OtherPerson(ListedEntry standing) => new(RuleBookOutcome.FourEyes) { By = standing.AskedBy };

    private static RuleBookAnswer Recorded(ListedEntry entry) => new(RuleBookOutcome.Recorded) { Entry = entry };

    private static RuleBookAnswer Refused(string field, string why) => new(RuleBookOutcome.Refused) { Errors = [new RefusedField(field, why)] };
}
