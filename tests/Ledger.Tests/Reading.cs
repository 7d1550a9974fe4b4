namespace Ledger.Tests;

internal static class Reading
{
    /// <summary>The result of a read: a test waits for it where it stands.</summary>
    public static T Now<T>(this ValueTask<T> read) => read.AsTask().GetAwaiter().GetResult();
}
