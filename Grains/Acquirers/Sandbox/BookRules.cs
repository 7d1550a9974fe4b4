using Grains.Interfaces.Checkout;

namespace Grains.Acquirers.Sandbox;

/// <summary>What may be done with an authorization, and what is left of it: the same wherever the book is kept.</summary>
internal static class BookRules
{
    /// <param name="authorization">The one that the request is about; null where it is about none, or about one that there is not.</param>
    /// <param name="number">The operation's number in the book, from 1.</param>
    public static AcquirerAnswer Decide(AcquirerRequest request, BookedAuthorization? authorization, long number)
    {
        if (request.Operation is AcquirerOperation.Authorize or AcquirerOperation.Verify)
            return SandboxIssuer.Decide(request, $"sbx_{number:00000000}");
        if (authorization is null)
            return No("resource_missing");
        var open = authorization.Closed ? 0 : authorization.Authorized - authorization.Captured;
        var allowed = request.Operation switch
        {
            AcquirerOperation.Increase => !authorization.Closed,
            AcquirerOperation.Capture => request.Amount > 0 && request.Amount <= open,
            AcquirerOperation.Void => !authorization.Closed,
            AcquirerOperation.Refund => request.Amount > 0 && request.Amount <= authorization.Captured - authorization.Refunded,
            AcquirerOperation.Answer or AcquirerOperation.Concede => throw new InvalidOperationException("The sandbox's disputes are the product's own."),
            AcquirerOperation.Authorize or AcquirerOperation.Verify => throw new InvalidOperationException("Decided above."),
        };
        return allowed
            ? new AcquirerAnswer(AcquirerOutcome.Approved)
            {
                Reference = authorization.Reference,
                Refund = request.Operation == AcquirerOperation.Refund ? SandboxIssuer.Refund(authorization.CardReference) : default,
                DisputeReason = request.Operation == AcquirerOperation.Capture ? SandboxCards.OfReference(authorization.CardReference)?.DisputeReason : null,
                AvailableAtOnce = SandboxCards.OfReference(authorization.CardReference)?.AvailableAtOnce == true,
            }
            : No("amount_not_available");
    }

    /// <summary>The authorization that an entry makes or changes, after it; null where it does neither.</summary>
    public static BookedAuthorization? After(BookEntry entry, BookedAuthorization? before)
    {
        var (request, answer) = entry;
        if (answer.Outcome != AcquirerOutcome.Approved || request.Operation == AcquirerOperation.Verify)
            return null;
        if (request.Operation == AcquirerOperation.Authorize)
            return new BookedAuthorization(answer.Reference!, request.Key, request.Currency, request.CardReference, request.Amount, request.Final ? request.Amount : 0, 0, request.Final);
        var authorization = before ?? throw new InvalidDataException($"The book has {request.Key} of an authorization that it does not have.");
        return request.Operation switch
        {
            AcquirerOperation.Increase => authorization with { Authorized = authorization.Authorized + request.Amount },
            AcquirerOperation.Capture => authorization with { Captured = authorization.Captured + request.Amount, Closed = request.Final || request.Amount == authorization.Authorized - authorization.Captured },
            AcquirerOperation.Void => authorization with { Closed = true },
            AcquirerOperation.Refund => authorization with { Refunded = authorization.Refunded + request.Amount },
            AcquirerOperation.Answer or AcquirerOperation.Concede => throw new InvalidOperationException("No book has one."),
            AcquirerOperation.Authorize or AcquirerOperation.Verify => throw new InvalidOperationException("Noted above."),
        };
    }

    /// <summary>What a book has of a request, and compares: all but where its cardholder comes back to, which has the client secret in it.</summary>
    public static AcquirerRequest Booked(AcquirerRequest request) => request with { ReturnUrl = null };

    /// <summary>What was answered under a key before, to the same request; another one under it is a fault of the caller's.</summary>
    public static AcquirerAnswer Again(BookEntry before, AcquirerRequest request) =>
        Booked(before.Request) == Booked(request) ? before.Answer : throw new InvalidOperationException($"The key {request.Key} was used for another operation.");

    private static AcquirerAnswer No(string code) => new(AcquirerOutcome.Declined) { Code = code };
}
