using Grains.Acquirers;
using Grains.Interfaces.Checkout;

namespace Grains.Checkout;

/// <summary>What a merchant says to a dispute that an acquirer opened: it is an attempt like any other, and done once the acquirer has it.</summary>
internal static partial class DisputeDecisions
{
    private static Decided Begin(
        Draft draft, CheckoutDocument document, Dispute dispute, AcquirerOperation operation, bool submits, DisputeEvidence? evidence = null, MetadataUpdate? metadata = null)
    {
        var record = (DisputeRecord)document.Private!;
        // What is on its way ends by itself, and then this may be sent again.
        if (record.Attempt is not null)
            return WireError.Locked(draft.Request);
        var acquirer = ((ChargeRecord)draft.Get(DocumentKind.Charge, dispute.Charge).Private!).Acquirer;
        var attempt = Attempts.New(draft, dispute.Id, record.Attempts, operation, dispute.Amount, dispute.Currency, acquirer) with { Authorization = record.Reference, Evidence = evidence, Final = submits };
        draft.Put(DocumentKind.Dispute, document.Number, dispute, record with { Attempt = attempt, Attempts = record.Attempts + 1, Metadata = metadata });
        draft.Due(DueKind.Resolve, document.Number, attempt.AskAtMs);
        return Decided.WaitsFor(DocumentKind.Dispute, document.Number);
    }

    /// <summary>What the acquirer's answer makes of it: the dispute is what the acquirer has then, which may be more than what was asked for.</summary>
    public static Decided Apply(Draft draft, CheckoutDocument document, Attempt attempt, AcquirerAnswer answer)
    {
        var (number, record) = (document.Number, (DisputeRecord)document.Private!);
        draft.Put(DocumentKind.Dispute, number, document.Public, record with { Attempt = null, Metadata = null });
        if (answer.Outcome != AcquirerOutcome.Approved)
            return Decided.Answers(DocumentKind.Dispute, number, WireError.Invalid(attempt.Request, $"The acquirer does not take this answer to the dispute ({answer.Code})."));
        // What it makes of it that nobody foresaw is found when the dispute is asked for.
        Follow(draft, number, answer.Dispute, attempt.Operation == AcquirerOperation.Answer ? new Said(attempt.Evidence, record.Metadata) : null, out _);
        return Decided.Shows(DocumentKind.Dispute, number);
    }

    /// <summary>What the acquirer has of a merchant's word now.</summary>
    private sealed record Said(DisputeEvidence? Evidence, MetadataUpdate? Metadata)
    {
        public Dispute On(Dispute dispute) => dispute with
        {
            Evidence = Evidence is null ? dispute.Evidence : Merged(dispute.Evidence, Evidence),
            Metadata = MetadataUpdate.After(Metadata, dispute.Metadata),
        };
    }
}
