namespace Grains.Interfaces;

/// <summary>
/// Finds grains. A grain is a virtual actor: it exists as soon as it is named, is activated by its first call,
/// runs in turns (between awaits it is alone; at an await other turns may run), and is put to sleep when idle.
/// </summary>
public interface IGrains
{
    /// <summary>A reference to the grain of contract <typeparamref name="TGrain"/> with this key. Cheap; never activates.</summary>
    TGrain Get<TGrain>(string key)
        where TGrain : class;
}
