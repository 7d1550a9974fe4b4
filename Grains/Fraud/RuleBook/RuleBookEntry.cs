using System.Text.Json;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;
using Ledger;
using Ledger.Documents;
using Ledger.EventLog;
using Ledger.Sealing;

namespace Grains.Fraud.RuleBook;

/// <summary>
/// How a change becomes one journal entry: a row whose data names what changed and who did it, and in which its documents stand sealed;
/// and the book as it is once that is committed.
/// </summary>
internal sealed class RuleBookEntry
{
    private readonly RuleBookState book;
    private readonly Func<long> newId;
    private readonly long nowMs;
    private readonly DocumentFrameWriter frame = new();
    private readonly List<DocumentChange> changes = [];

    public RuleBookEntry(RuleBookState book, Func<long> newId, long nowMs) => (this.book, this.newId, this.nowMs, Next) = (book, newId, nowMs, book);

    /// <summary>After the entry.</summary>
    public RuleBookState Next { get; private set; }

    public JournalEntry Of(RuleDecided decided, RuleCommand command, WriterLane lane, DataKey key)
    {
        foreach (var version in decided.Versions)
        {
            var known = book.NumberOf(version);
            var number = known ?? newId();
            RuleDocuments.Add(frame, version, number);
            changes.Add(new DocumentChange(number, book.Owner!.Number, RuleDocuments.VersionKind) { IsNew = known is null });
            Next = Next.With(version, number);
        }

        if (decided.Set is { } set)
        {
            // The first change keeps what was in force before it too: a later release may deliver something else.
            if (book.Set is null)
                Add(book.SetInForce);
            Add(set);
            Next = Next with { Set = set };
        }

        var target = decided.Versions[0];
        return End(lane, key, decided.Event, target.Revision, command.Tenant, command.Key, command.RequestHash, json =>
        {
            json.WriteString("subject"u8, target.Rule);
            json.WriteString("rule"u8, target.Rule);
            json.WriteNumber("version"u8, target.Version);
            json.WriteString("action"u8, command.Action.Word());
            if (command.Action is RuleAction.Publish or RuleAction.Rollout)
                json.WriteNumber("rollout"u8, RuleRollout.Of(command) ?? RuleRollout.All);
            if (decided.Versions.Count > 1)
                json.WriteNumber("supersedes"u8, decided.Versions[1].Version);
            json.WriteNumber("ruleSetVersion"u8, target.RuleSetVersion);
            json.WriteString("by"u8, command.Actor);
        });
    }

    public JournalEntry Of(ListedEntry entry, long number, ListCommand command, WriterLane lane, DataKey key)
    {
        RuleDocuments.Add(frame, entry, number);
        var removed = entry.RemovedAt is not null;
        changes.Add(new DocumentChange(number, book.Owner!.Number, RuleDocuments.EntryKind)
        {
            IsNew = command.Action == ListAction.Add,
            LinksAdded = command.Action == ListAction.Add ? [RuleDocuments.Standing] : [],
            LinksRemoved = removed ? [RuleDocuments.Standing] : [],
        });
        Next = Next.With(entry, number);
        return End(lane, key, EventType.FraudListChanged, entry.Version, command.Tenant, command.Key, command.RequestHash, json =>
        {
            json.WriteString("subject"u8, entry.Id);
            json.WriteString("list"u8, entry.List);
            json.WriteString("kind"u8, entry.Kind);
            json.WriteString("action"u8, Happened(entry, command.Action));
            json.WriteString("by"u8, command.Actor);
        });
    }

    public JournalEntry Of(ModelInForce model, ModelCommand command, WriterLane lane, DataKey key)
    {
        var (isNew, number) = (book.ModelNumber == 0, book.ModelNumber == 0 ? newId() : book.ModelNumber);
        RuleDocuments.Add(frame, model, number);
        changes.Add(new DocumentChange(number, book.Owner!.Number, RuleDocuments.ModelKind) { IsNew = isNew });
        Next = Next with { Model = model, ModelNumber = number };
        return End(lane, key, EventType.FraudModelChanged, model.Revision, command.Tenant, default, UInt128.Zero, json =>
        {
            // Of what this was about: also who takes a word back names what is in force.
            var (choice, isAsked) = model.Asked is { } asked ? (asked.Choice, true) : (model.Choice, false);
            json.WriteString("subject"u8, choice.Version ?? book.Model?.Choice.Version ?? "none");
            json.WriteString("version"u8, choice.Version);
            json.WriteString("mode"u8, choice.Version is null ? null : choice.IsPublished ? "live" : "shadow");
            json.WriteString("action"u8, isAsked ? "asked"u8 : model.Choice == book.Model?.Choice ? "taken_back"u8 : "in_force"u8);
            json.WriteString("by"u8, command.Actor);
        });
    }

    private static ReadOnlySpan<byte> Happened(ListedEntry entry, ListAction action) => action switch
    {
        ListAction.Add when entry is { Asked: not null, ApproveBy: null } => "proposed"u8,
        ListAction.Add => "added"u8,
        ListAction.Remove when entry.RemovedAt is null => "removal_asked"u8,
        ListAction.Approve when entry.RemovedAt is null => "approved"u8,
        ListAction.Remove or ListAction.Approve => "removed"u8,
        ListAction.Reject => entry.RemovedAt is null ? "removal_rejected"u8 : "rejected"u8,
    };

    private void Add(FraudRuleSet set)
    {
        var number = newId();
        RuleDocuments.Add(frame, set, number);
        changes.Add(new DocumentChange(number, book.Owner!.Number, RuleDocuments.SetKind) { IsNew = true, LinksAdded = [RuleDocuments.OfSet(set.Version)] });
    }

    private JournalEntry End(WriterLane lane, DataKey key, EventType type, int version, long tenant, IdempotencyKey idempotencyKey, UInt128 hash, Action<Utf8JsonWriter> data)
    {
        var id = newId();
        var row = new LogRow
        {
            Id = id,
            Type = type,
            TimeMs = nowMs,
            Tenant = tenant,
            Payment = 0,
            Version = version,
            Debtor = book.Owner!.Number,
            Currency = book.Owner.Currency,
            Key = idempotencyKey,
            RequestHash = hash,
            Data = Data(data),
            Sealed = key.Seal(id, frame.Encode()),
        };
        LeafHash.Seal(row);
        Next = Next with { LedgerVersion = book.LedgerVersion + 1 };
        return new JournalEntry { Lane = lane, Owner = book.Owner.Number, ExpectedVersion = book.LedgerVersion, Row = row, Documents = [.. changes] };
    }

    private static byte[] Data(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
