using System.Globalization;

namespace Grains.Interfaces.Fraud.Client;

/// <summary>One frame of a stream of server-sent events.</summary>
/// <param name="Id">Null where it has none.</param>
/// <param name="Data">Null where it has none.</param>
/// <param name="Comment">Null where it has none.</param>
/// <param name="RetryMs">How long to wait before coming back; null where it does not say.</param>
internal sealed record FraudStreamFrame(string? Id, string? Data, string? Comment, int? RetryMs);

/// <summary>Reads server-sent events as the fraud stream writes them: fields on lines, frames between empty ones (WHATWG HTML, 9.2.6).</summary>
internal sealed class FraudStreamFrames(Stream stream, TimeSpan silence) : IDisposable
{
    private readonly StreamReader lines = new(stream);

    /// <summary>The next frame; null where the stream ended, or was silent for longer than its signs of life leave room for.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task<FraudStreamFrame?> Next(CancellationToken cancellationToken)
    {
        var frame = new FraudStreamFrame(null, null, null, null);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(silence);
        try
        {
            while (await lines.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.Length == 0)
                    return frame;
                frame = Add(frame, line);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        return null;
    }

    public void Dispose() => lines.Dispose();

    private static FraudStreamFrame Add(FraudStreamFrame frame, string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? "" : line[(colon + 1)..];
        value = value.StartsWith(' ') ? value[1..] : value;
        return name switch
        {
            "" => frame with { Comment = value },
            "id" => frame with { Id = value },
            "data" => frame with { Data = frame.Data is null ? value : frame.Data + "\n" + value },
            "retry" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) => frame with { RetryMs = milliseconds },
            _ => frame,
        };
    }
}
