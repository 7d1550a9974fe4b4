using System.Text.Json;
using Grains.Fraud;
using Grains.Interfaces.Checkout;
using Grains.Interfaces.Events;
using Grains.Interfaces.Fraud;
using Grains.Interfaces.Values;

namespace Grains.Checkout;

/// <summary>
/// Card payments that somebody is to look at. The payment goes on; its case opens in the entry of its charge, and ends with an
/// analyst's or the merchant's word, with what becomes of the payment otherwise, or with its time. The merchant sees the case as a
/// review.
/// </summary>
internal static class ReviewDecisions
{
    /// <summary>The id of the review that a charge is to have; none where nobody is to look at it.</summary>
    public static (long Number, string? Id) Name(Draft draft, Charge charge)
    {
        if (charge.Outcome?.Type != ChargeOutcomes.ManualReview)
            return (0, null);
        var number = draft.NewNumber();
        return (number, draft.IdOf(DocumentKind.Review, number));
    }

    /// <summary>Opens the case of a charge that has a review's name.</summary>
    public static void Open(Draft draft, long number, Charge charge, ChargeRecord record)
    {
        if (charge.Review is null)
            return;
        var currency = Books.CurrencyOf(charge.Currency);
        var caseNumber = draft.NewNumber();
        var expiresAtMs = ExpiresAt(draft);
        var card = charge.PaymentMethodDetails.Card;
        var opened = CaseBook.Open(
            draft.IdOf(DocumentKind.FraudCase, caseNumber),
            charge.PaymentIntent,
            new CaseCard
            {
                Merchant = draft.Merchant,
                Charge = charge.Id,
                Review = charge.Review,
                Customer = charge.Customer,
                Name = charge.BillingDetails.Name,
                Email = charge.BillingDetails.Email,
                Brand = card.Brand,
                Last4 = card.Last4,
                Fingerprint = card.Fingerprint,
                Country = card.Country,
                Funding = card.Funding,
            },
            MerchantBook.BalanceName(draft.Merchant, currency),
            new Money(WireCurrency.ToLedger(charge.Amount, currency), currency),
            RiskDecisionCodec.Decode(record.Risk),
            draft.NowMs,
            expiresAtMs);
        draft.PutCase(caseNumber, opened, EventType.FraudCaseOpened);
        draft.Due(DueKind.EndReview, caseNumber, expiresAtMs);
        var review = new Review
        {
            Id = charge.Review,
            BillingZip = charge.BillingDetails.Address.PostalCode,
            Charge = charge.Id,
            Created = draft.Now,
            IpAddress = record.ClientIp,
            Open = true,
            PaymentIntent = charge.PaymentIntent,
            Reason = "rule",
        };
        draft.Put(DocumentKind.Review, number, review, new ReviewRecord(caseNumber));
        draft.Emit("review.opened", DocumentKind.Review, number);
    }

    /// <summary>What became of the payment otherwise ends its case; where it has none, or a closed one, nothing happens.</summary>
    /// <param name="reason">In the review's words.</param>
    public static void Close(Draft draft, Charge charge, CaseResolution how, string reason)
    {
        if (Find(draft, charge) is { State.Status: CaseStatus.Open } found)
            Save(draft, found.Number, found.State, CaseDecision.End(found.State, how, draft.NowMs), EventType.FraudCaseClosed, reason);
    }

    /// <summary>What an analyst's refusal, or the merchant's refund, was to undo stands after all: somebody has to look again.</summary>
    public static void Reopen(Draft draft, Charge charge, string why)
    {
        if (Find(draft, charge) is not { State: { Status: CaseStatus.Closed, Resolution: CaseResolution.Refused or CaseResolution.Refunded } } found)
            return;
        var expiresAtMs = ExpiresAt(draft);
        draft.PutCase(found.Number, CaseDecision.Reopen(found.State, why, draft.NowMs, expiresAtMs), EventType.FraudCaseOpened);
        draft.Due(DueKind.EndReview, found.Number, expiresAtMs);
        var document = draft.Get(DocumentKind.Review, charge.Review!);
        draft.Put(DocumentKind.Review, document.Number, (Review)document.Public with { Open = true, ClosedReason = null, Reason = "rule" }, document.Private);
        draft.Emit("review.opened", DocumentKind.Review, document.Number);
    }

    /// <summary>Nobody acted in time: the payment stands. Its due work may come again.</summary>
    public static Decided Expire(Draft draft, long number)
    {
        var state = (FraudCase)draft.Find(DocumentKind.FraudCase, number)!.Public;
        if (state.Status == CaseStatus.Open && draft.NowMs >= state.ExpiresAt.ToUnixTimeMilliseconds())
            Save(draft, number, state, CaseDecision.Expire(state, draft.NowMs), EventType.FraudCaseClosed, "acknowledged");
        return Decided.Answers(DocumentKind.FraudCase, number, new WireAnswer(200, []));
    }

    /// <summary>The merchant's own word.</summary>
    public static Decided Approve(Draft draft, ApproveReview command)
    {
        if (draft.Find(DocumentKind.Review, command.Id) is not { Public: Review review, Private: ReviewRecord record } document)
            return WireError.NoSuch(draft.Request, "review", command.Id, "review", inPath: true);
        if (!review.Open)
            return WireError.Invalid(draft.Request, $"This review is already closed ({review.ClosedReason}).", null, "review_already_closed");
        var state = (FraudCase)draft.Find(DocumentKind.FraudCase, record.Case)!.Public;
        Save(draft, record.Case, state, CaseDecision.End(state, CaseResolution.Released, draft.NowMs) with { ChangedBy = draft.Merchant }, EventType.FraudCaseClosed, "approved");
        return Decided.Shows(DocumentKind.Review, document.Number);
    }

    /// <summary>What an analyst does.</summary>
    /// <param name="undone">Objects whose acquirer is to be called once this is durable.</param>
    /// <param name="refused">Why nothing is to be recorded; null where something is.</param>
    public static Decided Act(Draft draft, CaseCommand command, List<(DocumentKind Kind, long Number)> undone, out CaseAnswer? refused)
    {
        refused = null;
        if (draft.Find(DocumentKind.FraudCase, command.Case) is not { Public: FraudCase state })
            return Refuse(CaseOutcome.Unknown, null, out refused);
        var (next, outcome) = CaseDecision.Decide(state, command, draft.NowMs);
        if (next is null)
            return Refuse(outcome, state, out refused);
        var isCaptured = ((Charge)draft.Get(DocumentKind.Charge, state.Card!.Charge).Public).Captured;
        if (command.Action == CaseAction.Decline && !Undo(draft, state, undone))
            return Refuse(CaseOutcome.PaymentBusy, state, out refused);
        var type = next.Status != state.Status ? EventType.FraudCaseClosed : command.Action == CaseAction.Assign ? EventType.FraudCaseAssigned : EventType.FraudCaseChanged;
        var reason = command.Action == CaseAction.Approve ? "approved" : isCaptured ? "refunded_as_fraud" : "canceled";
        Save(draft, command.Case, state, next, type, reason, command.Tenant);
        return Decided.Answers(DocumentKind.FraudCase, command.Case, new WireAnswer(200, JsonSerializer.SerializeToUtf8Bytes(next, FraudJson.Default.FraudCase)));
    }

    // What is authorized still is canceled, what was captured goes back. False while the acquirer is being asked about the payment.
    private static bool Undo(Draft draft, FraudCase state, List<(DocumentKind, long)> undone)
    {
        var document = draft.Get(DocumentKind.PaymentIntent, state.PaymentId);
        var (intent, record) = IntentDecisions.Parts(document);
        if (record.Attempt is not null)
            return false;
        var charge = draft.Get(DocumentKind.Charge, state.Card!.Charge);
        if (intent.Status == IntentStatus.RequiresCapture)
        {
            AuthorizationDecisions.Void(draft, document, "fraudulent", isExpiry: false);
            undone.Add((DocumentKind.PaymentIntent, document.Number));
        }

        if (RefundDecisions.Left((Charge)charge.Public, (ChargeRecord)charge.Private!) > 0)
            undone.Add((DocumentKind.Refund, RefundDecisions.Create(draft, new CreateRefund(state.Card.Charge, null, null, "fraudulent", null)).Subject));
        return true;
    }

    // It may have been judged by a process that judges, and be answered to one that does not.
    private static long ExpiresAt(Draft draft) => draft.NowMs + (long)(draft.Tools.Risk?.ReviewFor ?? RiskOptions.UsualReviewFor).TotalMilliseconds;

    private static Decided Refuse(CaseOutcome outcome, FraudCase? state, out CaseAnswer refused)
    {
        refused = new CaseAnswer(outcome, state);
        // Nothing of it is kept under the command's key.
        return new WireAnswer(409, [], MayRetry: true);
    }

    private static (long Number, FraudCase State)? Find(Draft draft, Charge charge)
    {
        if (charge.Review is null)
            return null;
        var number = ((ReviewRecord)draft.Get(DocumentKind.Review, charge.Review).Private!).Case;
        return (number, (FraudCase)draft.Find(DocumentKind.FraudCase, number)!.Public);
    }

    private static void Save(Draft draft, long number, FraudCase before, FraudCase next, EventType type, string reason, long tenant = 0)
    {
        draft.PutCase(number, next, type, tenant);
        if (before.Status == next.Status)
            return;
        draft.DueDone(DueKind.EndReview, number, before.ExpiresAt.ToUnixTimeMilliseconds());
        var document = draft.Get(DocumentKind.Review, next.Card!.Review);
        draft.Put(DocumentKind.Review, document.Number, (Review)document.Public with { Open = false, ClosedReason = reason, Reason = reason }, document.Private);
        draft.Emit("review.closed", DocumentKind.Review, document.Number);
    }
}
