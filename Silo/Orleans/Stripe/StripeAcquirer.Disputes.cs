using System.Net;
using System.Runtime.CompilerServices;
using Grains.Acquirers;
using Grains.Interfaces.Checkout;
using Stripe;
using Dispute = Stripe.Dispute;
using DisputeEvidence = Grains.Interfaces.Checkout.DisputeEvidence;
using Refund = Stripe.Refund;

namespace Silo.Cluster.Stripe;

/// <summary>What Stripe may do later: disputes, and refunds that fail. Whose payment a dispute is about is in the metadata of its intent.</summary>
internal sealed partial class StripeAcquirer
{
    /// <summary>How long one question may last: nobody's place is taken meanwhile.</summary>
    private static readonly TimeSpan LongestQuestion = TimeSpan.FromSeconds(10);

    public long? Since => followSince?.ToUnixTimeSeconds();

    public async IAsyncEnumerable<AcquirerDispute> DisputesSince(long created, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var options = new DisputeListOptions { Created = new DateRangeOptions { GreaterThanOrEqual = DateTimeOffset.FromUnixTimeSeconds(created).UtcDateTime }, Limit = PageLength, Expand = ["data.payment_intent"] };
        StripeList<Dispute> page;
        do
        {
            page = await Asked(limit => disputes.ListAsync(options, cancellationToken: limit), cancellationToken);
            foreach (var dispute in page)
                yield return Of(dispute);
            options.StartingAfter = page.LastOrDefault()?.Id;
        }
        while (page.HasMore);
    }

    public async Task<AcquirerDispute?> FindDispute(string reference, CancellationToken cancellationToken)
    {
        try
        {
            return Of(await Asked(limit => disputes.GetAsync(reference, new DisputeGetOptions { Expand = ["payment_intent"] }, cancellationToken: limit), cancellationToken));
        }
        catch (StripeException none) when (none.HttpStatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public Task<AcquirerAnswer?> FindRefund(AcquirerRequest request, CancellationToken cancellationToken) => Asked(limit => Find(request, limit), cancellationToken);

    private Task<Dispute> Answer(AcquirerRequest request, CancellationToken cancellationToken) => request.Operation == AcquirerOperation.Concede
        ? disputes.CloseAsync(request.Authorization, null, Under(request), cancellationToken)
        : disputes.UpdateAsync(request.Authorization, new DisputeUpdateOptions { Evidence = Told(request.Evidence), Submit = request.Final, Metadata = Told(request) }, Under(request), cancellationToken);

    private static bool IsAnswered(AcquirerRequest request, Dispute dispute) =>
        request.Operation == AcquirerOperation.Concede ? dispute.Status is "lost" or "warning_closed" : IsOf(request, dispute.Metadata);

    private static AcquirerAnswer Done(Dispute dispute) => new(AcquirerOutcome.Approved) { Reference = dispute.Id, Dispute = Of(dispute) };

    // Of older ones it was foretold what becomes of them.
    private AcquirerAnswer Of(Refund refund)
    {
        var answer = StripeAnswers.Of(refund);
        return answer.Outcome == AcquirerOutcome.Approved && refund.Created >= followSince?.UtcDateTime ? answer with { RefundIsFollowed = true } : answer;
    }

    private static DisputeEvidenceOptions? Told(DisputeEvidence? evidence) => evidence is null ? null : new DisputeEvidenceOptions
    {
        AccessActivityLog = evidence.AccessActivityLog,
        BillingAddress = evidence.BillingAddress,
        CancellationPolicyDisclosure = evidence.CancellationPolicyDisclosure,
        CancellationRebuttal = evidence.CancellationRebuttal,
        CustomerEmailAddress = evidence.CustomerEmailAddress,
        CustomerName = evidence.CustomerName,
        CustomerPurchaseIp = evidence.CustomerPurchaseIp,
        DuplicateChargeExplanation = evidence.DuplicateChargeExplanation,
        DuplicateChargeId = evidence.DuplicateChargeId,
        ProductDescription = evidence.ProductDescription,
        RefundPolicyDisclosure = evidence.RefundPolicyDisclosure,
        RefundRefusalExplanation = evidence.RefundRefusalExplanation,
        ServiceDate = evidence.ServiceDate,
        ShippingAddress = evidence.ShippingAddress,
        ShippingCarrier = evidence.ShippingCarrier,
        ShippingDate = evidence.ShippingDate,
        ShippingTrackingNumber = evidence.ShippingTrackingNumber,
        UncategorizedText = evidence.UncategorizedText,
    };

    private static async Task<T> Asked<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LongestQuestion);
        return await StripeAnswers.Heard(() => call(limit.Token), cancellationToken);
    }

    private static AcquirerDispute Of(Dispute dispute) => new(
        dispute.Id, dispute.PaymentIntent?.Metadata.GetValueOrDefault(KeyName), dispute.PaymentIntentId, dispute.Amount, dispute.Currency, dispute.Reason, dispute.Status, Seconds(dispute.Created))
    {
        DueBy = dispute.EvidenceDetails.DueBy is { } dueBy ? Seconds(dueBy) : null,
        HasEvidence = dispute.EvidenceDetails.HasEvidence,
        PastDue = dispute.EvidenceDetails.PastDue,
        SubmissionCount = dispute.EvidenceDetails.SubmissionCount,
        WasWithdrawn = dispute.BalanceTransactions?.Exists(static booked => booked.Amount < 0) == true,
    };

    private static long Seconds(DateTime time) => new DateTimeOffset(time).ToUnixTimeSeconds();
}
