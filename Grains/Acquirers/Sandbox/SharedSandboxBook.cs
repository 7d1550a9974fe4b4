using System.Text.Json;
using Grains.Interfaces.Checkout;
using Ledger;

namespace Grains.Acquirers.Sandbox;

/// <summary>The book in the ledger's database, where several processes serve one sandbox: what one was answered, all are.</summary>
public sealed class SharedSandboxBook(ISharedBook book) : ISandboxBook
{
    public IReadOnlyList<BookedAuthorization> Authorizations
    {
        get
        {
            var authorizations = new Dictionary<string, BookedAuthorization>();
            foreach (var entry in book.All().Select(Read))
                if (BookRules.After(entry, entry.Request.Authorization is { } reference ? authorizations.GetValueOrDefault(reference) : null) is { } after)
                    authorizations[after.Reference] = after;
            return [.. authorizations.Values];
        }
    }

    public AcquirerAnswer? Find(string key) => book.Find(key) is { } entry ? Read(entry).Said : null;

    public AcquirerAnswer Do(AcquirerRequest request) => BookRules.Again(
        Read(book.FindOrAdd(request.Key, request.Authorization, (entries, number) =>
        {
            var authorization = entries.Select(Read).Aggregate((BookedAuthorization?)null, static (before, entry) => BookRules.After(entry, before) ?? before);
            var made = new BookEntry(BookRules.Booked(request), BookRules.Decide(request, authorization, number));
            var subject = request.Authorization ?? (made.Answer.Outcome == AcquirerOutcome.Approved && request.Operation == AcquirerOperation.Authorize ? made.Answer.Reference : null);
            return (JsonSerializer.Serialize(made, BookJson.Default.BookEntry), subject);
        })),
        request);

    private static BookEntry Read(string entry) => JsonSerializer.Deserialize(entry, BookJson.Default.BookEntry) ?? throw new InvalidDataException("The sandbox's book has an empty entry.");
}
