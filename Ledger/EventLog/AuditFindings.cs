using Grains.Interfaces.Events;

namespace Ledger.EventLog;

/// <summary>Counts all findings and keeps the first ones: damage to a large ledger must not fill the memory.</summary>
public sealed class AuditFindings
{
    public const int Capacity = 1_000;

    private readonly List<AuditFinding> kept = [];

    internal long Count { get; private set; }

    internal IReadOnlyList<AuditFinding> Kept => kept;

    internal void OfRow(long id, long position, string field, string detail) => Add("log", id, position, field, detail);

    internal void Of(string table, string field, string detail) => Add(table, 0, 0, field, detail);

    internal void Add(string table, long id, long position, string field, string detail)
    {
        Count++;
        if (kept.Count < Capacity)
            kept.Add(new AuditFinding(table, id > 0 ? EventId.Format(id) : null, position, field, detail));
    }
}
