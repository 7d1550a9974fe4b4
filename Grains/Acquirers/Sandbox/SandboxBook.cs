using System.Text.Json;
using System.Text.Json.Serialization;
using Grains.Interfaces.Checkout;

namespace Grains.Acquirers.Sandbox;

/// <summary>One operation in the acquirer's book: what was asked, and what was answered.</summary>
public sealed record BookEntry(AcquirerRequest Request, AcquirerAnswer Answer);

/// <summary>An authorization as the book has it. Minor units.</summary>
public sealed record BookedAuthorization(string Reference, string Key, string Currency, string? CardReference, long Authorized, long Captured, long Refunded, bool Closed);

/// <summary>
/// The sandbox acquirer's own book: a file of one JSON line an operation, synced before the answer, which our ledger knows nothing
/// of. Comparisons read it, not ours.
/// </summary>
public sealed class SandboxBook : IDisposable
{
    private readonly Lock gate = new();
    private readonly FileStream file;
    private readonly Dictionary<string, BookEntry> byKey = [];
    private readonly Dictionary<string, BookedAuthorization> authorizations = [];

    /// <param name="path">The book's file; made where it is missing. A last line that was cut short was answered to nobody and is dropped.</param>
    public SandboxBook(string path)
    {
        file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        var good = 0L;
        using (var reader = new StreamReader(file, leaveOpen: true))
        {
            while (reader.ReadLine() is { } line && TryParse(line) is { } entry)
            {
                good += System.Text.Encoding.UTF8.GetByteCount(line) + 1;
                Note(entry);
            }
        }

        file.SetLength(Math.Min(good, file.Length));
        file.Seek(0, SeekOrigin.End);
    }

    /// <summary>Every operation, in order.</summary>
    public IReadOnlyList<BookEntry> Entries
    {
        get
        {
            lock (gate)
                return [.. byKey.Values];
        }
    }

    public IReadOnlyList<BookedAuthorization> Authorizations
    {
        get
        {
            lock (gate)
                return [.. authorizations.Values];
        }
    }

    public AcquirerAnswer? Find(string key)
    {
        lock (gate)
            return byKey.GetValueOrDefault(key)?.Answer;
    }

    /// <summary>Does the operation once; the same key gets the same answer for ever.</summary>
    public AcquirerAnswer Do(AcquirerRequest request)
    {
        lock (gate)
        {
            if (byKey.TryGetValue(request.Key, out var before))
                return before.Request == request ? before.Answer : throw new InvalidOperationException($"The key {request.Key} was used for another operation.");
            var entry = new BookEntry(request, Decide(request));
            JsonSerializer.Serialize(file, entry, BookJson.Default.BookEntry);
            file.WriteByte((byte)'\n');
            file.Flush(flushToDisk: true);
            Note(entry);
            return entry.Answer;
        }
    }

    public void Dispose() => file.Dispose();

    private static BookEntry? TryParse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, BookJson.Default.BookEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private AcquirerAnswer Decide(AcquirerRequest request)
    {
        if (request.Operation is AcquirerOperation.Authorize or AcquirerOperation.Verify)
            return SandboxIssuer.Decide(request, $"sbx_{byKey.Count + 1:00000000}");
        if (request.Authorization is null || !authorizations.TryGetValue(request.Authorization, out var authorization))
            return No("resource_missing");
        var open = authorization.Closed ? 0 : authorization.Authorized - authorization.Captured;
        var allowed = request.Operation switch
        {
            AcquirerOperation.Increase => !authorization.Closed,
            AcquirerOperation.Capture => request.Amount > 0 && request.Amount <= open,
            AcquirerOperation.Void => !authorization.Closed,
            AcquirerOperation.Refund => request.Amount > 0 && request.Amount <= authorization.Captured - authorization.Refunded,
            AcquirerOperation.Authorize or AcquirerOperation.Verify => throw new InvalidOperationException("Decided above."),
        };
        return allowed
            ? new AcquirerAnswer(AcquirerOutcome.Approved)
            {
                Reference = authorization.Reference,
                Refund = request.Operation == AcquirerOperation.Refund ? SandboxIssuer.Refund(authorization.CardReference) : default,
                AvailableAtOnce = SandboxCards.OfReference(authorization.CardReference)?.AvailableAtOnce == true,
            }
            : No("amount_not_available");
    }

    private static AcquirerAnswer No(string code) => new(AcquirerOutcome.Declined) { Code = code };

    private void Note(BookEntry entry)
    {
        var (request, answer) = entry;
        byKey.Add(request.Key, entry);
        if (answer.Outcome != AcquirerOutcome.Approved || request.Operation == AcquirerOperation.Verify)
            return;
        if (request.Operation == AcquirerOperation.Authorize)
        {
            authorizations.Add(answer.Reference!, new BookedAuthorization(answer.Reference!, request.Key, request.Currency, request.CardReference, request.Amount, request.Final ? request.Amount : 0, 0, request.Final));
            return;
        }

        var authorization = authorizations[request.Authorization!];
        authorizations[authorization.Reference] = request.Operation switch
        {
            AcquirerOperation.Increase => authorization with { Authorized = authorization.Authorized + request.Amount },
            AcquirerOperation.Capture => authorization with { Captured = authorization.Captured + request.Amount, Closed = request.Final || request.Amount == authorization.Authorized - authorization.Captured },
            AcquirerOperation.Void => authorization with { Closed = true },
            AcquirerOperation.Refund => authorization with { Refunded = authorization.Refunded + request.Amount },
            AcquirerOperation.Authorize or AcquirerOperation.Verify => throw new InvalidOperationException("Noted above."),
        };
    }
}

[JsonSerializable(typeof(BookEntry))]
[JsonSerializable(typeof(AcquirerRequest))]
[JsonSerializable(typeof(AcquirerAnswer))]
[JsonSerializable(typeof(IReadOnlyList<BookedAuthorization>))]
public sealed partial class BookJson : JsonSerializerContext;
