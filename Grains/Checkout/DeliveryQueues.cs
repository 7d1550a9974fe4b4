using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>
/// Deliveries that are due, in memory: each endpoint has places of its own for what it sends at a time, and others for what is tried
/// again, so that a receiver that does not answer keeps nobody waiting but itself, and an object whose events it does not take keeps
/// no new one waiting.
/// </summary>
internal sealed class DeliveryQueues
{
    /// <summary>Sent at a time in one queue.</summary>
    public const int Places = 6;

    /// <summary>Beyond it, what is due stays in the ledger and is handed over again later.</summary>
    private const int MaxWaiting = 1_000;

    private readonly Dictionary<DeliveryQueue, Waiting> queues = [];
    private readonly HashSet<long> held = [];

    /// <summary>Whether a delivery is waiting here or being sent.</summary>
    public bool Has(long delivery) => held.Contains(delivery);

    /// <summary>Queues a delivery; false where it is here already, or the queue is full.</summary>
    public bool TryAdd(DeliveryQueue queue, long delivery)
    {
        if (!queues.TryGetValue(queue, out var waiting))
            queues.Add(queue, waiting = new Waiting());
        if (waiting.Deliveries.Count >= MaxWaiting || !held.Add(delivery))
            return false;
        waiting.Deliveries.Enqueue(delivery);
        return true;
    }

    /// <summary>How many more of a queue could be sent now.</summary>
    public int Ready(DeliveryQueue queue) => queues.TryGetValue(queue, out var waiting) ? Math.Min(Places - waiting.Sending, waiting.Deliveries.Count) : 0;

    /// <summary>Gives the next one a place; false where there is none of either.</summary>
    public bool TryTake(DeliveryQueue queue, out long delivery)
    {
        delivery = 0;
        if (Ready(queue) == 0)
            return false;
        var waiting = queues[queue];
        waiting.Sending++;
        delivery = waiting.Deliveries.Dequeue();
        return true;
    }

    /// <summary>Takes the place back.</summary>
    public void Release(DeliveryQueue queue, long delivery)
    {
        held.Remove(delivery);
        var waiting = queues[queue];
        if (--waiting.Sending == 0 && waiting.Deliveries.Count == 0)
            queues.Remove(queue);
    }

    /// <summary>Keeps a delivery out of the queues while it is sent by hand; false where it is in one.</summary>
    public bool TryHold(long delivery) => held.Add(delivery);

    public void LetGo(long delivery) => held.Remove(delivery);

    private sealed class Waiting
    {
        public Queue<long> Deliveries { get; } = [];

        public int Sending { get; set; }
    }
}
