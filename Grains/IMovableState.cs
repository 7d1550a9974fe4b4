namespace Grains;

/// <summary>
/// What a grain may implement whose state is in memory alone, so that it outlives a planned move to another process. Both are turns of the
/// grain: <see cref="Restore"/> before its first call, <see cref="Save"/> after its last. What a crash ends is not saved.
/// </summary>
public interface IMovableState
{
    /// <summary>All that the grain knows, for any release to read; null where it knows nothing.</summary>
    byte[]? Save();

    /// <summary>Takes over what another instance saved, perhaps of another release: what cannot be read is left out, and the grain begins anew.</summary>
    void Restore(ReadOnlySpan<byte> saved);
}
