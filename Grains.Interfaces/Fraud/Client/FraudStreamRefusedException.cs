namespace Grains.Interfaces.Fraud.Client;

/// <summary>The server refuses the stream, and would again: a wrong key, a filter or a cursor that it does not take.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="body">What the server says: a problem (RFC 9457).</param>
public sealed class FraudStreamRefusedException(int status, string body) : Exception($"The server refuses the stream ({status}): {body}")
{
    public int Status { get; } = status;

    public string Body { get; } = body;
}
