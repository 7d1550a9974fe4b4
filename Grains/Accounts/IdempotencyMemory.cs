using Grains.Interfaces.Values;

namespace Grains.Accounts;

/// <summary>
/// Keys that the grain saw lately, with the row that took each: saves the read and the refused commit. Whatever it forgot, the
/// ledger's unique key still knows.
/// </summary>
internal sealed class IdempotencyMemory
{
    /// <summary>Remembered keys an account; the oldest goes first.</summary>
    public const int Capacity = 256;

    private readonly Dictionary<UInt128, long> rows = [];
    private readonly Queue<UInt128> order = new();

    public bool TryFind(IdempotencyKey key, out long row) => rows.TryGetValue(key.Value, out row);

    public void Remember(IdempotencyKey key, long row)
    {
        if (!rows.TryAdd(key.Value, row))
            return;
        order.Enqueue(key.Value);
        if (order.Count > Capacity)
            rows.Remove(order.Dequeue());
    }
}
