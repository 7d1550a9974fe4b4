using System.Diagnostics.Metrics;
using Grains.Acquirers;
using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>
/// What merchants' payments come to, counted where they are committed. Labels are bounded: tiers are configured, reasons are those that
/// this file lists, and no account, merchant or id is ever one.
/// </summary>
public sealed class CheckoutInstruments
{
    public const string MeterName = "Payments.Checkout";

    /// <summary>The reason of a decline that is not listed: acquirers may invent some.</summary>
    private const string OtherReason = "other";

    private static readonly HashSet<string> Reasons =
    [
        "approve_with_id", "authentication_required", "call_issuer", "card_not_supported", "card_velocity_exceeded", "currency_not_supported", "do_not_honor", "do_not_try_again", "duplicate_transaction",
        "expired_card", "fraudulent", "generic_decline", "highest_risk_level", "incorrect_cvc", "incorrect_number", "incorrect_pin", "incorrect_zip", "insufficient_funds", "invalid_account", "invalid_amount", "invalid_cvc",
        "invalid_expiry_month", "invalid_expiry_year", "invalid_number", "issuer_not_available", "lost_card", "merchant_blacklist", "new_account_information_available", "no_action_taken", "not_permitted",
        "payment_intent_authentication_failure", "pickup_card", "processing_error", "reenter_transaction", "restricted_card", "revocation_of_all_authorizations", "revocation_of_authorization", "rule",
        "security_violation", "service_not_allowed", "stolen_card", "stop_payment_order", "testmode_decline", "transaction_not_allowed", "try_again_later", "withdrawal_count_limit_exceeded",
    ];

    private readonly Counter<long> payments;
    private readonly Counter<long> byTier;
    private readonly Counter<long> chargebacks;
    private readonly Counter<long> deliveries;
    private readonly Counter<long> calls;
    private readonly Histogram<double> callSeconds;

    private CheckoutInstruments()
    {
        // For as long as the process: whoever hosts merchants' grains counts here.
        var meter = new Meter(MeterName);
        payments = meter.CreateCounter<long>("payments_total", "{payment}", "Payments recorded, by rail, status and reason.");
        byTier = meter.CreateCounter<long>("merchant_payments_total", "{payment}", "Card authorizations that ended, by the merchant's tier and status.");
        chargebacks = meter.CreateCounter<long>("chargebacks_total", "{dispute}", "Disputes that took money back, by the merchant's tier.");
        deliveries = meter.CreateCounter<long>("webhook_deliveries_total", "{try}", "Tries to deliver an event: delivered, failed (to be tried again) or dead.");
        calls = meter.CreateCounter<long>("acquirer_calls_total", "{call}", "Operations that acquirers were asked for, by operation and outcome; silent: no answer came.");
        callSeconds = meter.CreateHistogram<double>("acquirer_call_seconds", "s", "From the call of an acquirer, retries included, to its answer or to the end of patience.");
    }

    public static CheckoutInstruments OfProcess { get; } = new();

    /// <summary>Counts what an entry recorded. To be called once it is durable.</summary>
    internal void Recorded(Draft draft, string tier)
    {
        foreach (var (type, number) in draft.Happened)
            switch (type)
            {
                case "charge.succeeded":
                    Ended("authorized", "", tier);
                    break;
                case "charge.failed":
                    var charge = (Charge)draft.Find(DocumentKind.Charge, number)!.Public;
                    Ended("rejected", Reason(charge.Outcome.Reason ?? charge.FailureCode), tier);
                    break;
                case "charge.dispute.funds_withdrawn":
                    chargebacks.Add(1, new KeyValuePair<string, object?>("tier", tier));
                    break;
            }
    }

    internal void Called(AcquirerOperation operation, AcquirerAnswer? answer, TimeSpan took)
    {
        var outcome = answer is null ? "silent" : answer.Outcome switch
        {
            AcquirerOutcome.Approved => "approved",
            AcquirerOutcome.Declined => "declined",
            AcquirerOutcome.ChallengeRequired => "challenge_required",
        };
        calls.Add(1, new("operation", operation.ToString().ToLowerInvariant()), new KeyValuePair<string, object?>("outcome", outcome));
        callSeconds.Record(took.TotalSeconds);
    }

    /// <param name="after">What became of the delivery: one that was sent again by hand keeps what it was.</param>
    internal void Tried(bool isDelivered, DeliveryStatus after) =>
        deliveries.Add(1, new KeyValuePair<string, object?>("result", isDelivered ? "delivered" : after == DeliveryStatus.Dead ? "dead" : "failed"));

    private void Ended(string status, string reason, string tier)
    {
        payments.Add(1, new("rail", "card"), new("status", status), new KeyValuePair<string, object?>("reason", reason));
        byTier.Add(1, new("tier", tier), new KeyValuePair<string, object?>("status", status));
    }

    private static string Reason(string? code) => code is not null && Reasons.Contains(code) ? code : OtherReason;
}
