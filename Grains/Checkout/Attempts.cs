using Grains.Acquirers;
using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>Calls of acquirers, committed before they are made.</summary>
internal static class Attempts
{
    public const string BackFromChallenge = "/return";

    public static Attempt New(Draft draft, string id, int before, AcquirerOperation operation, long amount, string currency, string acquirer) => new()
    {
        Key = $"{id}:{before + 1}",
        Acquirer = acquirer,
        Operation = operation,
        Amount = amount,
        Currency = currency,
        Request = draft.Request,
        AskAtMs = draft.NowMs + draft.Tools.Acquirer.ResolveAfterMs,
    };

    /// <summary>Where our page for an intent's challenge is; with <see cref="BackFromChallenge"/>, where cardholders come back from an acquirer's.</summary>
    public static string ChallengeUrl(Attempt attempt, string clientSecret) => $"{attempt.Request.BaseUrl}/checkout/challenge/{clientSecret}";

    /// <summary>The key of an object's last attempt.</summary>
    public static string Last(string id, int attempts) => $"{id}:{attempts}";

    /// <summary>An intent's attempt begins: its resolver is due from now on, until it has ended.</summary>
    public static void Begin(Draft draft, long number, PaymentIntent intent, IntentRecord record, Attempt attempt)
    {
        // What the answer will move must have its account: a charge that cannot be booked is not made.
        draft.BalanceAccount(Books.CurrencyOf(intent.Currency));
        if (attempt.Operation == AcquirerOperation.Authorize)
            attempt = attempt with { ReturnUrl = ChallengeUrl(attempt, intent.ClientSecret) + BackFromChallenge };
        draft.Put(DocumentKind.PaymentIntent, number, intent, record with { Attempt = attempt, Attempts = record.Attempts + 1 });
        draft.Due(DueKind.Resolve, number, attempt.AskAtMs);
    }

    public static AcquirerRequest Request(Attempt attempt) => new(
        attempt.Key, attempt.Operation, attempt.Amount, attempt.Currency, attempt.CardReference, attempt.Authorization, attempt.Final,
        attempt.OffSession, attempt.Prepared, attempt.Authenticated, attempt.WantsChallenge)
    { Challenge = attempt.Challenge, ReturnUrl = attempt.ReturnUrl, Evidence = attempt.Evidence };

    /// <summary>The attempt that a document waits for; null where it waits for none.</summary>
    public static Attempt? Of(CheckoutDocument? document) => document?.Private switch
    {
        IntentRecord record => record.Attempt,
        SetupRecord record => record.Attempt,
        RefundRecord record => record.Attempt,
        DisputeRecord record => record.Attempt,
        _ => null,
    };

    /// <summary>The document with another attempt, or none.</summary>
    public static object With(object record, Attempt? attempt) => record switch
    {
        IntentRecord intent => intent with { Attempt = attempt },
        SetupRecord setup => setup with { Attempt = attempt },
        RefundRecord refund => refund with { Attempt = attempt },
        DisputeRecord dispute => dispute with { Attempt = attempt },
        _ => throw new InvalidOperationException($"{record.GetType().Name} has no attempts."),
    };
}
