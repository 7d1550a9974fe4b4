namespace Grains.Acquirers.Sandbox;

/// <summary>
/// The sandbox acquirer's own book: every operation, durable before it is answered, and the same answer to the same key for ever. Our
/// ledger knows nothing of it; comparisons read it, not ours.
/// </summary>
public interface ISandboxBook
{
    IReadOnlyList<BookedAuthorization> Authorizations { get; }

    AcquirerAnswer? Find(string key);

    /// <summary>Does the operation once.</summary>
    AcquirerAnswer Do(AcquirerRequest request);
}
