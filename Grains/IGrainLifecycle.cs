namespace Grains;

/// <summary>
/// What a grain may implement to learn that it wakes and sleeps. Both are turns of the grain, in the host's own execution
/// context, since they belong to no single caller. Neither may await a call that comes back to the same grain: calls wait
/// until it has ended. Work that the grain started on its own must have ended when <see cref="Deactivate"/> ends.
/// </summary>
public interface IGrainLifecycle
{
    /// <summary>
    /// The first turn, before any call. If it fails, the calls that wait fail with its exception, the grain is discarded,
    /// and the next call tries afresh with a new one.
    /// </summary>
    Task Activate();

    /// <summary>The last turn; no call is in progress. A failure is logged, and the grain is gone nevertheless.</summary>
    Task Deactivate();
}
