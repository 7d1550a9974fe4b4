using System.Net;
using Grains.Acquirers;
using Stripe;
using Intent = Stripe.PaymentIntent;
using Setup = Stripe.SetupIntent;
using StripeRefund = Stripe.Refund;

namespace Silo.Cluster.Stripe;

/// <summary>What Stripe's objects and errors say, in the words of the port.</summary>
internal static class StripeAnswers
{
    /// <summary>An object that Stripe has not decided on: it is asked for later.</summary>
    private const string Undecided = "Stripe has not decided yet.";

    /// <summary>
    /// Stripe's result. A definitive refusal stays the <see cref="StripeException"/> that it is; silence is everything that leaves open
    /// what was done: no answer, half of one, 5xx, 429 (also of an object's lock), 409 (a request under the same key is under way).
    /// </summary>
    /// <param name="key">The setting that has the key that the call is made with.</param>
    /// <exception cref="AcquirerSilentException">It may have been done.</exception>
    /// <exception cref="InvalidOperationException">A fault of ours, which asking again does not mend: another operation under the same key, or a key that Stripe does not take.</exception>
    public static async Task<T> Heard<T>(Func<Task<T>> call, CancellationToken cancellationToken, string key = StripeSettings.ApiKeySetting)
    {
        try
        {
            return await call();
        }
        catch (StripeException refusal) when (refusal.HttpStatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new InvalidOperationException($"Stripe does not take the key of {key} for this.", refusal);
        }
        catch (StripeException refusal) when (refusal is { HttpStatusCode: HttpStatusCode.BadRequest, StripeError.Type: "idempotency_error" })
        {
            throw new InvalidOperationException("A key was used at Stripe for another operation.", refusal);
        }
        catch (StripeException silence) when (!IsDefinitive(silence))
        {
            throw new AcquirerSilentException($"Stripe answered {(int)silence.HttpStatusCode}.", silence);
        }
        catch (Exception silence) when (silence is HttpRequestException or IOException || (silence is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new AcquirerSilentException("Stripe could not be reached, or broke off.", silence);
        }
    }

    /// <summary>What became of an authorization; null where nothing was done under it.</summary>
    /// <param name="intent">With its charge.</param>
    public static AcquirerAnswer? Of(Intent intent, AcquirerRequest request)
    {
        // Held against what was asked for before anything is booked on it.
        if (intent.Amount != request.Amount || intent.Currency != request.Currency)
            throw new InvalidOperationException($"Stripe has {intent.Amount} {intent.Currency} under {intent.Id}, for {request.Amount} {request.Currency} of {request.Key}.");
        return intent.Status switch
        {
            "succeeded" or "requires_capture" => Judged(AcquirerOutcome.Approved, intent.LatestCharge) with { Reference = intent.Id, IsFlexible = IsFlexible(intent.LatestCharge) },
            "requires_action" => new AcquirerAnswer(AcquirerOutcome.ChallengeRequired) { Challenge = intent.Id, ChallengeUrl = intent.NextAction?.RedirectToUrl?.Url },
            "requires_payment_method" when intent.LastPaymentError is { } error => Declined(error, intent.LatestCharge),
            "requires_payment_method" or "requires_confirmation" => null,
            // By hand, at Stripe: nothing can be taken under it any more.
            "canceled" => new AcquirerAnswer(AcquirerOutcome.Declined) { Code = "processing_error" },
            _ => throw new AcquirerSilentException(Undecided),
        };
    }

    /// <summary>What became of a card's check; null where nothing was done under it.</summary>
    public static AcquirerAnswer? Of(Setup setup) => setup.Status switch
    {
        "succeeded" => new AcquirerAnswer(AcquirerOutcome.Approved) { Reference = setup.Id },
        "requires_action" => new AcquirerAnswer(AcquirerOutcome.ChallengeRequired) { Challenge = setup.Id, ChallengeUrl = setup.NextAction?.RedirectToUrl?.Url },
        "requires_payment_method" when setup.LastSetupError is { } error => Declined(error, null),
        "requires_payment_method" or "requires_confirmation" => null,
        "canceled" => new AcquirerAnswer(AcquirerOutcome.Declined) { Code = "processing_error" },
        _ => throw new AcquirerSilentException(Undecided),
    };

    public static AcquirerAnswer Of(StripeRefund refund) => refund.Status switch
    {
        "succeeded" => new AcquirerAnswer(AcquirerOutcome.Approved) { Reference = refund.Id },
        "pending" or "requires_action" => new AcquirerAnswer(AcquirerOutcome.Approved) { Reference = refund.Id, Refund = RefundCourse.ArrivesLater },
        // What failed has come back already.
        "failed" or "canceled" => new AcquirerAnswer(AcquirerOutcome.Declined) { Code = "processing_error", DeclineCode = refund.FailureReason },
        _ => throw new AcquirerSilentException(Undecided),
    };

    /// <summary>A definitive no.</summary>
    public static AcquirerAnswer Refused(StripeException refusal) => Declined(refusal.StripeError, null);

    private static AcquirerAnswer Declined(StripeError error, global::Stripe.Charge? charge) =>
        Judged(AcquirerOutcome.Declined, charge) with { Code = error.Code ?? "card_declined", DeclineCode = error.DeclineCode };

    private static AcquirerAnswer Judged(AcquirerOutcome outcome, global::Stripe.Charge? charge)
    {
        var answer = new AcquirerAnswer(outcome);
        return charge?.Outcome is not { } judged ? answer : answer with
        {
            Blocked = judged.Type == "blocked",
            RiskLevel = judged.RiskLevel ?? answer.RiskLevel,
            // Not every account is told.
            RiskScore = judged.RiskScore == 0 ? answer.RiskScore : (int)judged.RiskScore,
        };
    }

    private static bool IsFlexible(global::Stripe.Charge? charge) =>
        charge?.PaymentMethodDetails?.Card is { Multicapture.Status: "available", IncrementalAuthorization.Status: "available" };

    private static bool IsDefinitive(StripeException refusal) =>
        refusal.HttpStatusCode is HttpStatusCode.BadRequest or HttpStatusCode.PaymentRequired or HttpStatusCode.NotFound && refusal.StripeError?.Type is "card_error" or "invalid_request_error";
}
