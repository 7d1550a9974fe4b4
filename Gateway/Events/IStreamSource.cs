using System.Buffers;
using Ledger.Shards;

namespace Gateway.Events;

/// <summary>Where one reader of a stream has its events from.</summary>
internal interface IStreamSource : IDisposable
{
    /// <summary>Writes what its reader is to see of the next page after a cursor, each event as a frame whose id is the cursor after it.</summary>
    /// <returns>The cursor after the page, past what the reader is not to see too; null where nothing is there yet.</returns>
    ValueTask<LogCursor?> WriteNext(IBufferWriter<byte> output, LogCursor after);

    /// <summary>Ends once there may be more after a cursor.</summary>
    Task WaitBeyond(LogCursor after, CancellationToken cancellationToken);
}
