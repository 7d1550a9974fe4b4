using Grains.Interfaces.Fraud;

namespace Grains.Checkout;

/// <summary>
/// A decision lacks what only another grain knows, or what only attempts under way will tell: it is asked or waited for, and the
/// decision starts again.
/// </summary>
/// <param name="sighting">By which the asked grain knows the attempt; 0 where attempts under way are waited for.</param>
/// <param name="asked">The answer on its way; null where attempts under way are waited for.</param>
internal sealed class NotAskedYetException(long sighting, Task<CardAnswer?>? asked) : Exception("A decision lacks what is not known yet.")
{
    public long Sighting => sighting;

    public Task<CardAnswer?>? Asked => asked;
}
