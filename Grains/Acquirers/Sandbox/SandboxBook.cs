using System.Text.Json;
using System.Text.Json.Serialization;

namespace Grains.Acquirers.Sandbox;

/// <summary>One operation in the acquirer's book: what was asked, and what was answered.</summary>
public sealed record BookEntry(AcquirerRequest Request, AcquirerAnswer Answer)
{
    /// <summary>What is said of it afterwards.</summary>
    [JsonIgnore]
    public AcquirerAnswer Said => Answer.Outcome == AcquirerOutcome.Approved ? Answer with { Amount = Request.Amount } : Answer;
}

/// <summary>An authorization as the book has it. Minor units.</summary>
public sealed record BookedAuthorization(string Reference, string Key, string Currency, string? CardReference, long Authorized, long Captured, long Refunded, bool Closed);

/// <summary>The book as a file of one JSON line an operation, synced before the answer: one process has it.</summary>
public sealed class SandboxBook : ISandboxBook, IDisposable
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
            return byKey.GetValueOrDefault(key)?.Said;
    }

    /// <summary>Does the operation once; the same key gets the same answer for ever.</summary>
    public AcquirerAnswer Do(AcquirerRequest request)
    {
        lock (gate)
        {
            if (byKey.TryGetValue(request.Key, out var before))
                return BookRules.Again(before, request);
            var entry = new BookEntry(BookRules.Booked(request), BookRules.Decide(request, request.Authorization is null ? null : authorizations.GetValueOrDefault(request.Authorization), byKey.Count + 1));
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

    private void Note(BookEntry entry)
    {
        byKey.Add(entry.Request.Key, entry);
        var before = entry.Request.Authorization is { } reference ? authorizations.GetValueOrDefault(reference) : null;
        if (BookRules.After(entry, before) is { } after)
            authorizations[after.Reference] = after;
    }
}

[JsonSerializable(typeof(BookEntry))]
[JsonSerializable(typeof(AcquirerRequest))]
[JsonSerializable(typeof(AcquirerAnswer))]
[JsonSerializable(typeof(IReadOnlyList<BookedAuthorization>))]
public sealed partial class BookJson : JsonSerializerContext;
