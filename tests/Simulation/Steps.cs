namespace Simulation;

/// <summary>
/// What could run now: turns of grains, completed batches, reads that end, clients that go on. In a real process threads decide
/// which is next; here the seed does. It is also the synchronization context of the clients.
/// </summary>
internal sealed class Steps : SynchronizationContext
{
    private readonly List<Step> ready = [];

    public int Count => ready.Count;

    public override void Post(SendOrPostCallback d, object? state) => ready.Add(new Step(null, d, state));

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Nothing blocks in a simulation.");

    public override SynchronizationContext CreateCopy() => this;

    public void Add(Owner owner, IThreadPoolWorkItem work) => ready.Add(new Step(owner, static state => ((IThreadPoolWorkItem)state!).Execute(), work));

    public void Add(Owner owner, Action work) => ready.Add(new Step(owner, static state => ((Action)state!)(), work));

    /// <summary>A process that has died takes its work along.</summary>
    public void RemoveAllOf(Owner owner) => ready.RemoveAll(step => step.Owner == owner);

    public void Run(int index)
    {
        var step = ready[index];
        ready[index] = ready[^1];
        ready.RemoveAt(ready.Count - 1);
        step.Callback(step.State);
    }

    private readonly record struct Step(Owner? Owner, SendOrPostCallback Callback, object? State);
}
